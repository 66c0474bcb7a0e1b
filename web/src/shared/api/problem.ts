import type { components } from './schema'
import { t } from '../i18n'

/** What an answer says; of a problem found here, only what is needed. */
type Schema = components['schemas']['ProblemBody']
type Told = Pick<Schema, 'status' | 'code' | 'detail'> & Partial<Schema>

/** What went wrong, in a sentence that is shown as it is. */
export class Problem extends Error {
  readonly code: string
  readonly status: number
  readonly body: Told

  constructor(body: Told) {
    super(body.detail)
    this.name = 'Problem'
    this.code = body.code
    this.status = body.status
    this.body = body
  }

  /** Sentences by field name, for the form that was sent. */
  get fields(): Record<string, string> {
    return Object.fromEntries((this.body.fields ?? []).map((f) => [f.field, f.sentence]))
  }

  /** The request may never have arrived, or the server stumbled: the same request can be sent again. */
  get mayRetry(): boolean {
    return this.code === 'offline' || this.status >= 500
  }

  static offline(): Problem {
    return new Problem({ status: 0, code: 'offline', detail: t('error.offline') })
  }

  /** Reads an answer that is not 2xx; tolerates proxies that answer in HTML. */
  static async from(response: Response): Promise<Problem> {
    try {
      const body = (await response.clone().json()) as Partial<Told>
      if (body.detail) return new Problem({ ...body, detail: body.detail, status: response.status, code: body.code ?? 'unknown' })
    } catch {
      // not JSON: fall through to the general sentence
    }
    const detail = response.status >= 500 ? t('error.server') : t('error.status', { status: response.status })
    return new Problem({ status: response.status, code: 'unknown', detail })
  }
}

/** The sentence for anything that was thrown. */
export function sentenceOf(error: unknown): string {
  if (error instanceof Problem) return error.message
  return t('error.unknown')
}
