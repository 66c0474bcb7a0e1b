import { Problem, sentenceOf, type Case, type Data } from '@/shared/api'
import { t } from '@/shared/i18n'
import { localIds } from '@/shared/phone/attachments'
import type { FieldDb, Queued } from './db'

/** How the outbox reaches the world; tests put their own in. */
export interface Carrier {
  /** Does the action against version `seq`; throws a `Problem`. */
  post(entry: Queued, input: Data, seq: number): Promise<Case>
  /** Sends the photos and puts their ids into the input. */
  resolve(input: Data, caseId: string): Promise<Data>
  dropFile(id: string): Promise<void>
  /** A case as the server has it now. */
  fresh(of: Case): void
}
export type Outcome = { state: 'done'; fresh: Case } | { state: 'waiting' } | { state: 'refused'; problem: unknown }
export type NewAction = Omit<Queued, 'order' | 'state' | 'sentence' | 'tooOld' | 'undated'>

/** Not the action's fault: the line, the server, or nobody being signed in. It is tried again later. */
const PASSING = new Set(['not-signed-in', 'csrf', 'locked-out'])
const isPassing = (error: unknown): boolean => error instanceof Problem && (error.mayRetry || error.status === 429 || PASSING.has(error.code))
/** How often an action runs after a case that keeps changing. */
const MOST_CHASES = 3

/**
 * Whether the action still means what the person meant: the case stands where they left it, the action is still theirs
 * to take, and nobody changed what they entered. What the clocks did in the meantime does not matter.
 */
export function stillStands(entry: Queued, current: Case): boolean {
  if (!current.actions.some((offer) => offer.name === entry.action)) return false
  const since = current.timeline.filter((event) => event.seq > entry.seq && event.actor_kind !== 'system')
  const changed = since.flatMap((event) => event.changes ?? []).map((change) => change.field)
  // A note is true whatever happened; a signature is for what was read.
  if (entry.builtin) return entry.action === 'note' || (current.stage === entry.stage && changed.length === 0)
  return current.stage === entry.stage && !changed.some((field) => field in entry.input)
}

/** Who did what last while the device was away, for a person who must now decide. */
function whatChanged(entry: Queued, error: unknown): string {
  const events = error instanceof Problem && error.code === 'stale' ? ((error.body.current as Case | undefined)?.timeline ?? []) : []
  const last = events.findLast((event) => event.seq > entry.seq && event.actor_kind !== 'system' && event.type === 'acted')
  return last ? t('field.changedBy', { actor: last.actor ?? '', title: last.title }) : ''
}

/** The queue of actions that were done on this device. One case's actions go in order; a refused one holds its case. */
export class Outbox {
  private running: Promise<void> | null = null
  private again = false

  constructor(
    private readonly db: FieldDb,
    private readonly staff: () => string | undefined,
    private readonly carrier: Carrier,
  ) {}

  async list(): Promise<Queued[]> {
    return this.db.queue.where('staff').equals(this.staff() ?? '').sortBy('order')
  }

  /**
   * Does an action: at once if it can be, else later. A refusal is handed back to the form and leaves the queue, since
   * the person still has it before their eyes.
   */
  async perform(action: NewAction, online: boolean): Promise<Outcome> {
    const order = await this.db.queue.add({ ...action, state: 'waiting' } as Queued)
    const before = (await this.list()).filter((one) => one.caseId === action.caseId && one.order < order)
    if (!online || before.length) return { state: 'waiting' }
    // A flush that is under way may already have it in its hands: sent twice under one key it happens once.
    const entry = await this.db.queue.get(order)
    if (!entry) return { state: 'waiting' }
    const outcome = await this.send(entry)
    if (outcome.state === 'refused') {
      await this.db.queue.delete(order)
      }
    return outcome
  }

  /** Sends what waits, oldest first. Calls while it runs make it run once more. */
  flush(): Promise<void> {
    this.again = true
    this.running ??= this.alone(() => this.rounds()).finally(() => (this.running = null))
    return this.running
  }

  /** Tries a refused action again, against the case as it is now. */
  async retry(order: number, current: Case, undated = false): Promise<void> {
    await this.db.queue.update(order, {
      state: 'waiting', sentence: undefined, tooOld: undefined, seq: current.seq, stage: current.stage, ...(undated ? { undated } : {}),
    })
    await this.flush()
  }

  /** Gives an action up, with its photos. */
  async discard(order: number): Promise<void> {
    const entry = await this.db.queue.get(order)
    if (!entry) return
    await this.db.queue.delete(order)
    for (const id of localIds(entry.input)) await this.carrier.dropFile(id)
    await this.flush()
  }

  /** Two tabs must not send side by side; without the lock (plain http) the keys still keep it right. */
  private async alone(work: () => Promise<void>): Promise<void> {
    if (globalThis.navigator?.locks) await navigator.locks.request('yizhan-outbox', work)
    else await work()
  }

  private async rounds(): Promise<void> {
    while (this.again) {
      this.again = false
      const held = new Set<string>()
      for (const entry of await this.list()) {
        if (entry.state === 'refused') held.add(entry.caseId)
        if (held.has(entry.caseId)) continue
        // Its version may have been moved on by the action before it.
        const now = await this.db.queue.get(entry.order)
        const outcome = now ? await this.send(now) : null
        if (outcome?.state === 'waiting') return
        if (outcome?.state === 'refused') held.add(entry.caseId)
      }
    }
  }

  private async send(entry: Queued): Promise<Outcome> {
    try {
      const input = await this.carrier.resolve(entry.input, entry.caseId)
      const fresh = await this.post(entry, input)
      await this.done(entry, fresh)
      return { state: 'done', fresh }
    } catch (error) {
      if (isPassing(error)) return { state: 'waiting' }
      await this.refuse(entry, error)
      return { state: 'refused', problem: error }
    }
  }

  private async post(entry: Queued, input: Data): Promise<Case> {
    let { seq } = entry
    for (let chase = 0; ; chase++) {
      try {
        return await this.carrier.post(entry, input, seq)
      } catch (error) {
        const current = error instanceof Problem && error.code === 'stale' ? (error.body.current as Case | undefined) : undefined
        if (!current) throw error
        this.carrier.fresh(current)
        if (chase >= MOST_CHASES || !stillStands(entry, current)) throw error
        seq = current.seq
        // Kept before it is sent: should the answer be lost, the very same request must be repeated.
        await this.db.queue.update(entry.order, { seq })
      }
    }
  }

  private async done(entry: Queued, fresh: Case): Promise<void> {
    await this.db.transaction('rw', this.db.queue, async () => {
      await this.db.queue.delete(entry.order)
      await this.db.queue.where('caseId').equals(entry.caseId).and((one) => one.staff === entry.staff).modify({ seq: fresh.seq })
    })
    this.carrier.fresh(fresh)
    for (const id of localIds(entry.input)) await this.carrier.dropFile(id)
  }

  private async refuse(entry: Queued, error: unknown): Promise<void> {
    const fields = error instanceof Problem ? Object.entries(error.fields) : []
    const sentence = [whatChanged(entry, error), sentenceOf(error), ...fields.map(([, words]) => words)].filter((s, i, all) => s && all.indexOf(s) === i).join(' ')
    await this.db.queue.update(entry.order, { state: 'refused', sentence, tooOld: fields.some(([name]) => name === 'happened_at') })
  }
}
