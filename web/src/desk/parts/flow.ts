import type { ElkNode } from 'elkjs/lib/elk-api'
import type { Flow, FlowEdge } from '@/shared/api'

export interface Box { id: string; title: string; x: number; y: number; width: number; height: number; end: boolean; help: string }
export interface Line { key: string; path: string; title: string; by: string; main: boolean; system: boolean; labelX: number; labelY: number; from: string; to: string }
export interface Layout { width: number; height: number; boxes: Box[]; lines: Line[] }

/** Width of text in the chart's 13 px type: Chinese characters are square. */
const textWidth = (text: string, size: number): number => [...text].reduce((sum, c) => sum + (c.charCodeAt(0) > 255 ? size : size * 0.56), 0)
const LABEL = 11
const titleOf = (edges: FlowEdge[]): string => {
  const titles = [...new Set(edges.map((e) => e.title))]
  return titles.length > 2 ? `${titles.slice(0, 2).join('、')}…` : titles.join('、')
}

/** Lays the chart out with ELK, which is large and so is fetched only when a chart is shown. Several actions between the same two stages share a line. */
export async function layOut(flow: Flow, direction: 'RIGHT' | 'DOWN'): Promise<Layout> {
  const { default: Elk } = await import('elkjs/lib/elk.bundled.js')
  const pairs = new Map<string, FlowEdge[]>()
  for (const edge of flow.edges) {
    if (edge.from === edge.to) continue
    const key = `${edge.from}→${edge.to}`
    pairs.set(key, [...(pairs.get(key) ?? []), edge])
  }
  const asked: ElkNode = {
    id: 'root',
    layoutOptions: {
      'elk.algorithm': 'layered', 'elk.direction': direction, 'elk.edgeRouting': 'ORTHOGONAL', 'elk.spacing.nodeNode': '26', 'elk.spacing.edgeNode': '16',
      'elk.layered.spacing.nodeNodeBetweenLayers': '34', 'elk.edgeLabels.inline': 'false', 'elk.spacing.edgeLabel': '3', 'elk.padding': '[top=8,left=8,bottom=8,right=8]',
      'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES', 'elk.layered.cycleBreaking.strategy': 'MODEL_ORDER',
    },
    children: flow.nodes.map((node) => ({ id: node.name, width: Math.max(72, textWidth(node.title, 13) + 26), height: 34 })),
    edges: [...pairs].map(([key, edges]) => ({
      id: key, sources: [edges[0].from], targets: [edges[0].to], labels: [{ text: titleOf(edges), width: textWidth(titleOf(edges), LABEL) + 4, height: 15 }],
    })),
  }
  const graph = await new Elk().layout(asked)
  const node = new Map(flow.nodes.map((n) => [n.name, n]))
  return {
    width: graph.width ?? 0,
    height: graph.height ?? 0,
    boxes: (graph.children ?? []).map((c) => ({
      id: c.id, title: node.get(c.id)!.title, x: c.x ?? 0, y: c.y ?? 0, width: c.width ?? 0, height: c.height ?? 0, end: node.get(c.id)!.ends,
      help: [node.get(c.id)!.signoff, ...node.get(c.id)!.stays].filter(Boolean).join('、'),
    })),
    lines: (graph.edges ?? []).map((edge) => {
      const section = edge.sections?.[0]
      const points = section ? [section.startPoint, ...(section.bendPoints ?? []), section.endPoint] : []
      const label = edge.labels?.[0]
      const actions = pairs.get(edge.id) ?? []
      return {
        key: edge.id, path: points.map((p, i) => `${i ? 'L' : 'M'}${p.x} ${p.y}`).join(''), title: label?.text ?? '',
        by: actions.map((a) => `${a.title}：${a.by.join('、')}`).join('\n'), labelX: (label?.x ?? 0) + (label?.width ?? 0) / 2, labelY: (label?.y ?? 0) + LABEL,
        from: actions[0]?.from ?? '', to: actions[0]?.to ?? '', main: actions.some((a) => a.main), system: actions.every((a) => a.system),
      }
    }),
  }
}
