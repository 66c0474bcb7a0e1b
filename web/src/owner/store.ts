import { useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, watch } from 'vue'
import { useRoute } from 'vue-router'
import { body, client, ifMatch, Problem, SubmitKey, type Data, type OwnerCase, type OwnerHome } from '@/shared/api'
import { makeAttachments } from '@/shared/phone/attachments'
import { earlyFetch } from '@/shared/early'
import type { PhoneApp } from '@/shared/phone/around'
import { picture } from './pictures'

export const phone: PhoneApp = {
  attachments: makeAttachments('/owner/files'),
  fileUrl: picture,
  thumbUrl: picture,
  records: (kind, query) => body(client.GET('/owner/records/{kind}', { params: { path: { kind }, query } })),
}
const REFRESH_MS = 60_000

/** Everything the link shows. It is asked again while the page is open, so that progress appears by itself. */
export function useOwner() {
  const route = useRoute()
  const query = useQuery({
    queryKey: computed(() => ['owner', String(route.params.token ?? '')]), refetchInterval: REFRESH_MS, queryFn: () => body(client.GET('/owner', { fetch: earlyFetch() })),
  })
  watch(query.data, (page) => page?.company && (document.title = page.company), { immediate: true })
  const cases = computed<OwnerCase[]>(() => {
    const { case: one, cases } = query.data.value ?? { case: undefined, cases: [] }
    return one && !cases.some((other) => other.id === one.id) ? [one, ...cases] : cases
  })
  return { query, cases }
}

/** What the holder of the link does; each answer is the fresh matter. */
export function useOwnerWrites() {
  const queries = useQueryClient()
  const route = useRoute()
  const key = new SubmitKey()
  const pageKey = () => ['owner', String(route.params.token ?? '')]

  function put(fresh: OwnerCase): void {
    queries.setQueryData<OwnerHome>(pageKey(), (page) => {
      if (!page) return page
      const known = page.cases.some((one) => one.id === fresh.id)
      const cases = known ? page.cases.map((one) => (one.id === fresh.id ? fresh : one)) : [fresh, ...page.cases]
      return { ...page, cases, case: page.case?.id === fresh.id ? fresh : page.case }
    })
    void queries.invalidateQueries({ queryKey: pageKey() })
  }
  async function report(form: string, input: Data): Promise<OwnerCase> {
    const content = { form, data: await phone.attachments.resolve(input) }
    const fresh = await key.run(content, (headers) => body(client.POST('/owner/reports', { body: content, headers })))
    put(fresh)
    return fresh
  }
  async function act(of: OwnerCase, action: string, input: Data): Promise<OwnerCase> {
    const content = { action, input: await phone.attachments.resolve(input) }
    // The newest version: after a refusal for being stale the owner has seen it.
    const page = queries.getQueryData<OwnerHome>(pageKey())
    const seq = page?.cases.find((one) => one.id === of.id)?.seq ?? (page?.case?.id === of.id ? page.case.seq : of.seq)
    try {
      const fresh = await key.run([of.id, seq, content], (headers) =>
        body(client.POST('/owner/cases/{id}/actions', { params: { path: { id: of.id }, header: ifMatch(seq) }, body: content, headers })))
      put(fresh)
      return fresh
    } catch (error) {
      if (error instanceof Problem && error.code === 'stale' && error.body.current) put(error.body.current as OwnerCase)
      throw error
    }
  }
  return { report, act }
}
