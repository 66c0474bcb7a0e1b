import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type Env, evaluate, holds, type Node, recordEnv } from './expr'

interface Vectors {
  known: Record<string, unknown>
  vectors: { text: string; data: unknown; expect: unknown; tree: Node }[]
}

/** The engine's own vectors, with the trees it compiled. */
const file = new URL('../../../crates/engine/tests/vectors/expressions.json', import.meta.url)
const { known, vectors }: Vectors = JSON.parse(readFileSync(file, 'utf8'))

type Json = Record<string, unknown> | null | undefined

/** Members named with a dot stand in the object before it, the others at the top or under `data`. */
function record(json: Json): Env {
  return {
    get(path) {
      if (path in known) return known[path]
      const [head = '', tail] = path.split('.')
      if (tail !== undefined) return (json?.[head] as Json)?.[tail]
      return json?.[path] ?? (json?.data as Json)?.[path]
    },
    collection(name, arg) {
      const rows = (json?.[name] ?? []) as Exclude<Json, null | undefined>[]
      return rows.filter((row) => arg === undefined || row.kind === arg).map(record)
    },
  }
}

describe('the interpreter agrees with the engine on', () => {
  it.each(vectors.map((vector, index) => [index, vector.text, vector] as const))('%i: %s', (_, __, vector) => {
    const env = record(vector.data as Json)
    // Adding zero turns a negative zero into zero, which is all the same to the language.
    const value = evaluate(vector.tree, env)
    expect(typeof value === 'number' ? value + 0 : value).toEqual(vector.expect)
    expect(holds(vector.tree, env)).toBe(vector.expect === true)
  })

  it('every vector there is', () => {
    expect(vectors.length).toBeGreaterThanOrEqual(80)
  })
})

it('reads a form and what stands around it', () => {
  const env = recordEnv({ valid: '有效', case: { stage: 'new' }, odd: 'x' })
  expect(env.get('valid')).toBe('有效')
  expect(env.get('case.stage')).toBe('new')
  expect(env.get('case.stage.deeper')).toBe(null)
  expect(env.get('odd.length')).toBe(null)
  expect(env.get('toString')).toBe(null)
})
