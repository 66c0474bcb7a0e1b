import { liveQuery } from 'dexie'
import { useQuery, useQueryClient, type QueryClient } from '@tanstack/vue-query'
import { computed, effectScope, ref, toValue, watch, type MaybeRefOrGetter } from 'vue'
import { body, client, fileUrl, freshId, ifMatch, Problem, thumbUrl, type Case, type Data, type Offer, type WorkRow } from '@/shared/api'
import { useClock } from '@/shared/clock'
import { makeAttachments } from '@/shared/phone/attachments'
import type { PhoneApp } from '@/shared/phone/around'
import { useSession } from '@/shared/session'
import { db, forget, type Queued } from './db'
import { onBack, online } from './line'
import { Outbox, type Outcome } from './outbox'
import { overlay, type Shown } from './overlay'
import { remember } from './remembered'
import { keep, stored, storedAt, tidy } from './stored'

/** Everything of this device that waits to be sent, as it changes. */
export const queue = ref<Queued[]>([])
export const phone: PhoneApp = {
  attachments: makeAttachments('/files', {
    put: async (file) => void (await db.files.put(file)),
    get: (id) => db.files.get(id),
    remove: (id) => db.files.delete(id),
  }),
  fileUrl,
  thumbUrl,
  records: (kind, query) => body(client.GET('/kinds/{kind}/records', { params: { path: { kind }, query } })),
}
const LISTS = ['work', 'pool', 'inbox']
let queries: QueryClient | undefined
const staffId = () => useSession().me?.id

export const outbox = new Outbox(db, staffId, {
  post: (entry, input, seq) =>
    body(client.POST('/cases/{id}/actions', {
      params: { path: { id: entry.caseId }, header: ifMatch(seq) },
      body: { action: entry.action, input, ...(entry.undated ? {} : { happened_at: entry.happened_at }) },
      headers: { 'Idempotency-Key': entry.id },
    })),
  resolve: (input, caseId) => phone.attachments.resolve(input, caseId),
  dropFile: (id) => phone.attachments.drop(id),
  fresh(of) {
    queries?.setQueryData(['case', of.id], of)
    void keep(staffId() ?? '', `case/${of.id}`, of)
    for (const list of LISTS) void queries?.invalidateQueries({ queryKey: [list] })
  },
})

/** Connects queue, session and line, once; they go on when the page that began them is gone. */
export function startField(client: QueryClient): void {
  if (queries) return
  queries = client
  const session = useSession()
  let follow: { unsubscribe(): void } | undefined
  effectScope(true).run(() => {
    watch(() => session.me?.id, (id) => {
      follow?.unsubscribe()
      queue.value = []
      if (!id) return
      follow = liveQuery(() => outbox.list()).subscribe((entries) => (queue.value = entries))
      // What waited here while somebody else was signed in, or the app was shut.
      void outbox.flush()
    }, { immediate: true })
    watch(() => session.current, (current, before) => (current?.csrf || before) && remember(current), { immediate: true })
  })
  onBack(async () => {
    // The token of writes belongs to the session as the server knows it now.
    if (session.current && (await session.load().catch(() => false))) useClock().correct(session.current.now)
    await outbox.flush()
    void client.invalidateQueries()
  })
  void tidy()
}
export async function signOutHere(): Promise<void> {
  const session = useSession()
  const id = staffId()
  await session.signOut()
  if (id) await forget(id)
  remember(null)
}

/** My work, kept on the device; what is on it is fetched ahead, as are the next steps of each case. */
export function useWork(enabled: MaybeRefOrGetter<boolean> = true) {
  const query = useQuery({ queryKey: ['work'], enabled: computed(() => toValue(enabled)), networkMode: 'always', queryFn: () => stored(staffId() ?? '', 'work', () => body(client.GET('/work'))) })
  watch(query.data, (work) => work && !work.storedAt && void fetchAhead(work.items.map((item) => item.id)))
  return query
}
const MOST_AHEAD = 30
const FRESH_MS = 5 * 60_000
let fetching = false
async function fetchAhead(ids: string[]): Promise<void> {
  if (fetching) return
  fetching = true
  try {
    for (const id of ids.slice(0, MOST_AHEAD)) {
      if (Date.now() - (await storedAt(staffId() ?? '', `case/${id}`)) < FRESH_MS) continue
      // The case comes last: where it is fresh, so is what goes with it.
      await readAhead(id)
      queries?.setQueryData(['case', id], await readCase(id))
    }
  } catch (error) {
    // The line went, or a case is gone: the next look at the list goes on.
    if (!(error instanceof Problem)) throw error
  } finally {
    fetching = false
  }
}
const readCase = (id: string) => stored(staffId() ?? '', `case/${id}`, () => body(client.GET('/cases/{id}', { params: { path: { id } } })))
const readAhead = (id: string) => stored(staffId() ?? '', `ahead/${id}`, () => body(client.GET('/cases/{id}/ahead', { params: { path: { id } } })))

/** A case, with what waits laid over it. */
export function useCase(id: MaybeRefOrGetter<string>) {
  const query = useQuery({ queryKey: computed(() => ['case', toValue(id)]), networkMode: 'always', queryFn: () => readCase(toValue(id)) })
  const ahead = useQuery({ queryKey: computed(() => ['ahead', toValue(id)]), networkMode: 'always', retry: false, staleTime: FRESH_MS, queryFn: () => readAhead(toValue(id)) })
  const queued = computed(() => queue.value.filter((entry) => entry.caseId === toValue(id)))
  const shown = computed<Shown | null>(() => {
    if (!query.data.value) return null
    // Once one was refused, what follows it is in doubt: the case shows as the server has it.
    const certain = queued.value.some((entry) => entry.state === 'refused') ? [] : queued.value
    return overlay(query.data.value, certain, ahead.data.value)
  })
  return { query, queued, shown }
}

/** Acknowledges what was sent round, from the list; without a line it waits like everything else. */
export async function acknowledge(row: WorkRow, title: string): Promise<Outcome> {
  const of = await readCase(row.id)
  const outcome = await outbox.perform({
    id: freshId(), staff: staffId() ?? '', caseId: of.id, number: of.number, heading: of.heading, action: 'acknowledge', title, builtin: true, input: {},
    stage: of.stage, seq: of.seq, happened_at: useClock().now,
  }, online.value)
  if (outcome.state === 'refused') throw outcome.problem
  return outcome
}

/** Does an offered action, now or when there is a line again. Throws what the server refused. */
export function usePerform() {
  const client = useQueryClient()
  return async function perform(of: Case, shown: Shown, offer: Offer, input: Data): Promise<Outcome> {
    // The newest case: after a refusal for being stale it is the one the person has read meanwhile.
    const base = client.getQueryData<Case>(['case', of.id]) ?? of
    const outcome = await outbox.perform({
      id: freshId(), staff: staffId() ?? '', caseId: of.id, number: of.number, heading: of.heading, action: offer.name, title: offer.title,
      builtin: offer.builtin, input: JSON.parse(JSON.stringify(input)) as Data, stage: shown.stage, seq: base.seq, to: offer.to ?? undefined,
      happened_at: useClock().now,
    }, online.value)
    if (outcome.state === 'refused') throw outcome.problem
    return outcome
  }
}
