import { useQueryClient } from '@tanstack/vue-query'
import { ref } from 'vue'
import { body, client, ifMatch, Problem, SubmitKey, type Case, type Data } from './api'

/**
 * Does an action on a case. When somebody was faster (412), `stale` holds the fresh case so that the form can say what
 * changed and keep what was typed; the next attempt goes against the fresh one.
 */
export function useCaseAction() {
  const queries = useQueryClient()
  const busy = ref(false)
  const stale = ref<Case | null>(null)
  const key = new SubmitKey()

  async function run(of: Pick<Case, 'id' | 'seq'>, action: string, input: Data, happenedAt?: number): Promise<Case> {
    busy.value = true
    try {
      const content = { action, input, ...(happenedAt ? { happened_at: happenedAt } : {}) }
      const fresh = await key.run([of.id, of.seq, content], (headers) =>
        body(client.POST('/cases/{id}/actions', {
          params: { path: { id: of.id }, header: ifMatch(of.seq) }, body: content, headers,
        })),
      )
      stale.value = null
      queries.setQueryData(['case', of.id], fresh)
      for (const list of ['cases', 'work', 'pool', 'customer', 'home', 'contact', 'contacts']) {
        void queries.invalidateQueries({ queryKey: [list] })
      }
      return fresh
    } catch (error) {
      if (error instanceof Problem && error.code === 'stale' && error.body.current) {
        stale.value = error.body.current as Case
        queries.setQueryData(['case', of.id], stale.value)
      }
      throw error
    } finally {
      busy.value = false
    }
  }
  return { run, busy, stale }
}
