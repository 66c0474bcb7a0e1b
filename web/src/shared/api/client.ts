import createClient, { type Middleware } from 'openapi-fetch'
import { Problem } from './problem'
import type { paths } from './schema'

export const API = '/api/v1'

/** A random id; `crypto.randomUUID` is missing on plain http, which intranets use. */
export function freshId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')
}

let csrf = ''
let ownerToken = ''
let tellNow: (now: number) => void = () => undefined
const signedOutListeners = new Set<() => void>()

/** Sets the token that every write carries; comes with the session. */
export function setCsrf(token: string): void {
  csrf = token
}
/** Sets the owner's token, for the page without sign-in. */
export function setOwnerToken(token: string): void {
  ownerToken = token
}
/** Calls back when the server says that nobody is signed in any more. */
export function onSignedOut(listener: () => void): void {
  signedOutListeners.add(listener)
}

/** Calls back with the company's time, milliseconds, that came with an answer. */
export function onNow(listener: (now: number) => void): void {
  tellNow = listener
}

/** Headers that every request needs; also for uploads, which do not go through the typed client. */
export function headersFor(method: string): Record<string, string> {
  const headers: Record<string, string> = {}
  if (ownerToken) headers['X-Owner-Token'] = ownerToken
  if (method !== 'GET') {
    if (csrf) headers['X-CSRF-Token'] = csrf
    headers['Idempotency-Key'] = freshId()
  }
  return headers
}

const manners: Middleware = {
  onRequest({ request }) {
    for (const [name, value] of Object.entries(headersFor(request.method))) {
      if (!request.headers.has(name)) request.headers.set(name, value)
    }
    return request
  },
  async onResponse({ response, schemaPath }) {
    const now = Number(response.headers.get('X-Now'))
    if (now) tellNow(now)
    if (response.ok) return
    const problem = await Problem.from(response)
    if (problem.code === 'not-signed-in' && schemaPath !== '/session') signedOutListeners.forEach((tell) => tell())
    throw problem
  },
  onError() {
    return Problem.offline()
  },
}

/** Headers that `manners` puts on every request: whoever calls need not. */
type Automatic = 'Idempotency-Key' | 'X-Owner-Token'
type Called<Op> = Op extends { parameters: { header: infer H } }
  ? Omit<Op, 'parameters'> & {
      parameters: Omit<Op['parameters'], 'header'> &
        (Exclude<keyof H, Automatic> extends never ? { header?: Partial<H> } : { header: Omit<H, Automatic> & Partial<H> })
    }
  : Op
type Calls = { [Path in keyof paths]: { [Method in keyof paths[Path]]: Called<paths[Path][Method]> } }

export const client = createClient<Calls>({ baseUrl: API, credentials: 'same-origin' })
client.use(manners)

/** The body of an answer; every failure has already been thrown as a `Problem`. */
export async function body<T>(call: Promise<{ data?: T }>): Promise<T> {
  return (await call).data as T
}

/**
 * Gives the `Idempotency-Key` of one submitted form. The key stays while the same content is sent again after an
 * answer that never came, so that the server does the deed once; it changes with the content and after any answer.
 */
export class SubmitKey {
  private content = ''
  private key = ''

  /** Sends with the right key: `send` puts the headers on its request. */
  async run<T>(content: unknown, send: (headers: Record<string, string>) => Promise<T>): Promise<T> {
    const text = JSON.stringify(content)
    if (!this.key || text !== this.content) this.key = freshId()
    this.content = text
    try {
      const answer = await send({ 'Idempotency-Key': this.key })
      this.key = ''
      return answer
    } catch (error) {
      if (!(error instanceof Problem && error.mayRetry)) this.key = ''
      throw error
    }
  }
}

/** `If-Match` for a case at this sequence number. */
export function ifMatch(seq: number): { 'If-Match': string } {
  return { 'If-Match': `"${seq}"` }
}
