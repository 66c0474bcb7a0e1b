import { reactive } from 'vue'
import { API, freshId, headersFor, Problem, sentenceOf, shrink, type Data, type FileView } from '../api'

/** A photo or paper between the camera and the server. `remote` is its id once the server has it. */
export interface KeptFile { id: string; blob: Blob; name: string; remote?: string; at: number }
/** Where files outlive the page; the owner's page has none. */
export interface Keeper {
  put(file: KeptFile): Promise<void>
  get(id: string): Promise<KeptFile | undefined>
  remove(id: string): Promise<void>
}
export interface Attachment {
  url: string
  paper: boolean
  state: 'waiting' | 'sending' | 'stored' | 'failed'
  /** 0 to 1 while sending. */
  progress: number
  sentence?: string
}

const PREFIX = 'local:'
/** Longest side of a photo: enough to see a crack, small enough for a basement's line. */
const LONGEST_PX = 1600
/** Signatures and the like are small already. */
const HEAVY_BYTES = 100_000
export const isLocal = (id: unknown): id is string => typeof id === 'string' && id.startsWith(PREFIX)

/** Uploads with progress, which `fetch` cannot tell. The key makes a repeated upload the same file. */
function send(path: string, file: KeptFile, caseId: string | undefined, onProgress: (share: number) => void): Promise<FileView> {
  const form = new FormData()
  form.append('file', file.blob, file.name)
  if (caseId) form.append('case', caseId)
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest()
    request.open('POST', API + path)
    const headers = { ...headersFor('POST'), 'Idempotency-Key': file.id.slice(PREFIX.length) }
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
    request.timeout = 120_000
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total)
    request.onerror = request.ontimeout = () => failed(Problem.offline())
    request.onload = () => {
      if (request.status < 300) return done(JSON.parse(request.responseText) as FileView)
      void Problem.from(new Response(request.responseText, { status: request.status })).then(failed)
    }
    request.send(form)
  })
}

/** Local ids in a form's input, in tables too. */
export function localIds(input: unknown): string[] {
  if (isLocal(input)) return [input]
  if (Array.isArray(input)) return input.flatMap(localIds)
  return input && typeof input === 'object' ? Object.values(input).flatMap(localIds) : []
}
function replaced(input: unknown, ids: Map<string, string>): unknown {
  if (typeof input === 'string') return ids.get(input) ?? input
  if (Array.isArray(input)) return input.map((one) => replaced(one, ids))
  if (!input || typeof input !== 'object') return input
  return Object.fromEntries(Object.entries(input).map(([name, value]) => [name, replaced(value, ids)]))
}

/**
 * Takes photos and papers of a form: shrinks them, keeps them, sends them while the rest is still being filled in.
 * Forms hold local ids; `resolve` turns them into the server's just before the form is sent.
 */
export function makeAttachments(path: '/files' | '/owner/files', keeper?: Keeper) {
  const shown = reactive(new Map<string, Attachment>())
  const memory = new Map<string, KeptFile>()
  const onTheWay = new Map<string, Promise<string>>()
  const fileOf = async (id: string) => memory.get(id) ?? (await keeper?.get(id))

  function show(file: KeptFile): Attachment {
    memory.set(file.id, file)
    const paper = !file.blob.type.startsWith('image/')
    shown.set(file.id, { url: URL.createObjectURL(file.blob), paper, state: file.remote ? 'stored' : 'waiting', progress: 0 })
    return shown.get(file.id)!
  }
  async function take(given: File, caseId?: string): Promise<string> {
    const blob = await shrink(given, LONGEST_PX, HEAVY_BYTES)
    const file: KeptFile = { id: PREFIX + freshId(), blob, name: blob.name, at: Date.now() }
    await keeper?.put(file)
    show(file)
    // A failure shows at the picture, and sending the form tries again.
    void ensure(file.id, caseId).catch(() => undefined)
    return file.id
  }
  async function upload(id: string, caseId?: string): Promise<string> {
    const file = await fileOf(id)
    if (!file) throw new Problem({ status: 0, code: 'lost-file', detail: '' })
    if (file.remote) return file.remote
    const view = shown.get(id) ?? show(file)
    Object.assign(view, { state: 'sending', progress: 0, sentence: undefined })
    try {
      const stored = await send(path, file, caseId, (share) => (view.progress = share))
      file.remote = stored.id
      await keeper?.put(file)
      view.state = 'stored'
      return stored.id
    } catch (error) {
      Object.assign(view, { state: error instanceof Problem && error.mayRetry ? 'waiting' : 'failed', sentence: sentenceOf(error) })
      throw error
    }
  }
  /** The server's id of a file, sending it first if need be; once, however often it is asked. */
  function ensure(id: string, caseId?: string): Promise<string> {
    const going = onTheWay.get(id) ?? upload(id, caseId).finally(() => onTheWay.delete(id))
    onTheWay.set(id, going)
    return going
  }
  async function resolve(input: Data, caseId?: string): Promise<Data> {
    const ids = new Map<string, string>()
    for (const id of localIds(input)) ids.set(id, await ensure(id, caseId))
    return replaced(input, ids) as Data
  }
  /** Brings back files of an earlier visit, so that they can be seen. */
  async function recall(ids: string[]): Promise<void> {
    for (const id of ids) {
      const file = shown.has(id) ? undefined : await fileOf(id)
      if (file) show(file)
    }
  }
  async function drop(id: string): Promise<void> {
    const view = shown.get(id)
    if (view) URL.revokeObjectURL(view.url)
    shown.delete(id)
    memory.delete(id)
    await keeper?.remove(id)
  }
  return { take, resolve, recall, drop, retry: ensure, of: (id: string) => shown.get(id) }
}
export type Attachments = ReturnType<typeof makeAttachments>
