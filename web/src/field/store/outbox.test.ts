import 'fake-indexeddb/auto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Problem, type Case, type Data } from '@/shared/api'
import { FieldDb, type Queued } from './db'
import { Outbox, stillStands, type Carrier, type NewAction } from './outbox'

const offline = () => new Problem({ status: 0, code: 'offline', detail: '没有信号' })
const refused = (code = 'refused', extra: object = {}) => new Problem({ status: 409, code, detail: '现在不能办理', ...extra })
const theCase = (seq: number, extra: Partial<Case> = {}): Case =>
  ({ id: 'c1', seq, stage: 'accepted', actions: [{ name: 'arrive' }, { name: 'finish' }, { name: 'note' }], timeline: [], ...extra }) as unknown as Case
const stale = (current: Case) => new Problem({ status: 412, code: 'stale', detail: '有人修改', current })

/** A server in miniature: answers are scripted, requests are kept. */
class Server implements Carrier {
  sent: { key: string; action: string; input: Data; seq: number; at?: number }[] = []
  dropped: string[] = []
  seen: number[] = []
  answers: (() => Case)[] = []
  uploads = new Map<string, string>()
  down = false

  async post(entry: Queued, input: Data, seq: number): Promise<Case> {
    if (this.down) throw offline()
    this.sent.push({ key: entry.id, action: entry.action, input, seq, at: entry.undated ? undefined : entry.happened_at })
    const answer = this.answers.shift()
    return answer ? answer() : theCase(seq + 3)
  }
  async resolve(input: Data): Promise<Data> {
    if (this.down) throw offline()
    const photos = (input.photos as string[] | undefined)?.map((id) => this.uploads.get(id) ?? `remote-${id}`)
    return photos ? { ...input, photos } : input
  }
  async dropFile(id: string): Promise<void> {
    this.dropped.push(id)
  }
  fresh(of: Case): void {
    this.seen.push(of.seq)
  }
}

let db: FieldDb
let server: Server
let outbox: Outbox
let n = 0
const action = (name: string, extra: Partial<NewAction> = {}): NewAction => ({
  id: `key-${++n}`, staff: 'me', caseId: 'c1', number: 'PG-1', heading: '漏水', action: name, title: name, builtin: false,
  input: {}, stage: 'accepted', seq: 5, happened_at: 1000 + n, ...extra,
})

beforeEach(() => {
  db = new FieldDb(`test-${++n}`)
  server = new Server()
  outbox = new Outbox(db, () => 'me', server)
})
afterEach(() => db.delete())

describe('with signal', () => {
  it('does an action at once and leaves nothing behind', async () => {
    const outcome = await outbox.perform(action('arrive', { input: { photos: ['local:a'] } }), true)
    expect(outcome).toMatchObject({ state: 'done', fresh: { seq: 8 } })
    expect(server.sent[0]).toMatchObject({ action: 'arrive', seq: 5, input: { photos: ['remote-local:a'] } })
    expect(server.dropped).toEqual(['local:a'])
    expect(await outbox.list()).toEqual([])
  })
  it('hands a refusal back to the form, with its photos kept', async () => {
    server.answers = [() => { throw refused() }]
    const outcome = await outbox.perform(action('arrive', { input: { photos: ['local:a'] } }), true)
    expect(outcome).toMatchObject({ state: 'refused', problem: { code: 'refused' } })
    expect(server.dropped).toEqual([])
    expect(await outbox.list()).toEqual([])
  })
  it('keeps it when the answer is lost, and repeats the very same request', async () => {
    server.answers = [() => { throw offline() }]
    expect(await outbox.perform(action('arrive'), true)).toEqual({ state: 'waiting' })
    await outbox.flush()
    expect(server.sent).toHaveLength(2)
    expect(server.sent[1]).toEqual(server.sent[0])
    expect(await outbox.list()).toEqual([])
  })
})

describe('without signal', () => {
  it('sends in order, each on the version the one before it made', async () => {
    server.down = true
    await outbox.perform(action('set-off'), false)
    await outbox.perform(action('arrive'), false)
    await outbox.perform(action('finish', { caseId: 'c2' }), false)
    await outbox.flush()
    expect(server.sent).toEqual([])
    expect(await outbox.list()).toHaveLength(3)
    server.down = false
    await outbox.flush()
    expect(server.sent.map((one) => [one.action, one.seq])).toEqual([['set-off', 5], ['arrive', 8], ['finish', 5]])
    expect(server.sent.map((one) => one.at)).toEqual([...server.sent.map((one) => one.at)].sort())
    expect(await outbox.list()).toEqual([])
  })
  it('queues behind what waits even when the line is back', async () => {
    await outbox.perform(action('set-off'), false)
    expect(await outbox.perform(action('arrive'), true)).toEqual({ state: 'waiting' })
    await outbox.flush()
    expect(server.sent.map((one) => one.action)).toEqual(['set-off', 'arrive'])
  })
  it('keeps what a signed-out device did', async () => {
    await outbox.perform(action('arrive'), false)
    server.answers = [() => { throw new Problem({ status: 401, code: 'not-signed-in', detail: '' }) }]
    await outbox.flush()
    expect(await outbox.list()).toMatchObject([{ state: 'waiting' }])
  })
  it('shows only one’s own', async () => {
    await outbox.perform(action('arrive', { staff: 'other' }), false)
    await outbox.flush()
    expect(server.sent).toEqual([])
    expect(await db.queue.count()).toBe(1)
  })
})

describe('a case that changed in the meantime', () => {
  it('does not stop what still stands', async () => {
    await outbox.perform(action('arrive'), false)
    const clocks = [{ seq: 6, actor_kind: 'system', changes: [] }] as unknown as Case['timeline']
    server.answers = [() => { throw stale(theCase(9, { timeline: clocks })) }]
    await outbox.flush()
    expect(server.sent.map((one) => one.seq)).toEqual([5, 9])
    expect(new Set(server.sent.map((one) => one.key)).size).toBe(1)
    expect(await outbox.list()).toEqual([])
  })
  it('becomes a conflict that holds what came after, until it is retried', async () => {
    await outbox.perform(action('arrive', { input: { photos: ['local:a'] } }), false)
    await outbox.perform(action('finish'), false)
    server.answers = [() => { throw stale(theCase(9, { stage: 'cancelled' })) }]
    await outbox.flush()
    expect(await outbox.list()).toMatchObject([{ action: 'arrive', state: 'refused', sentence: '有人修改' }, { action: 'finish', state: 'waiting' }])
    expect(server.dropped).toEqual([])
    await outbox.flush()
    expect(server.sent).toHaveLength(1)
    const [first] = await outbox.list()
    await outbox.retry(first.order, theCase(11))
    expect(server.sent.slice(1).map((one) => [one.action, one.seq])).toEqual([['arrive', 11], ['finish', 14]])
    expect(await outbox.list()).toEqual([])
  })
  it('can be given up, and what came after goes on', async () => {
    await outbox.perform(action('arrive', { input: { photos: ['local:a'] } }), false)
    await outbox.perform(action('note', { builtin: true }), false)
    server.answers = [() => { throw refused() }]
    await outbox.flush()
    await outbox.discard((await outbox.list())[0].order)
    expect(server.dropped).toEqual(['local:a'])
    expect(server.sent.map((one) => one.action)).toEqual(['arrive', 'note'])
    expect(await outbox.list()).toEqual([])
  })
  it('tells when it was too long ago, and can be sent as of now', async () => {
    await outbox.perform(action('arrive'), false)
    const fields = [{ field: 'happened_at', sentence: '补录时间超出您岗位允许的范围' }]
    server.answers = [() => { throw new Problem({ status: 422, code: 'invalid', detail: '内容有误', fields }) }]
    await outbox.flush()
    const [entry] = await outbox.list()
    expect(entry).toMatchObject({ state: 'refused', tooOld: true, sentence: '内容有误 补录时间超出您岗位允许的范围' })
    await outbox.retry(entry.order, theCase(9), true)
    expect(server.sent[1]).toMatchObject({ seq: 9, at: undefined })
  })
})

describe('stillStands', () => {
  const entry = { ...action('arrive', { input: { hours: 2 } }), order: 1, state: 'waiting' } as Queued
  const changedBy = (field: string) => [{ seq: 6, actor_kind: 'staff', changes: [{ field, title: '', value_text: '' }] }] as unknown as Case['timeline']

  it('wants the stage, the offer and the entered fields untouched', () => {
    expect(stillStands(entry, theCase(9))).toBe(true)
    expect(stillStands(entry, theCase(9, { stage: 'waiting' }))).toBe(false)
    expect(stillStands(entry, theCase(9, { actions: [] }))).toBe(false)
    expect(stillStands(entry, theCase(9, { timeline: changedBy('spot') }))).toBe(true)
    expect(stillStands(entry, theCase(9, { timeline: changedBy('hours') }))).toBe(false)
  })
  it('lets a note through, but not a signature for what was not read', () => {
    const agree = { ...entry, builtin: true, action: 'agree' }
    const offered = { actions: [{ name: 'agree' }, { name: 'note' }] as Case['actions'] }
    expect(stillStands(agree, theCase(9, { ...offered }))).toBe(true)
    expect(stillStands(agree, theCase(9, { ...offered, timeline: changedBy('estimate') }))).toBe(false)
    expect(stillStands({ ...agree, action: 'note' }, theCase(9, { ...offered, stage: 'other' }))).toBe(true)
  })
})
