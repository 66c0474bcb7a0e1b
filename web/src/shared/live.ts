import type { QueryClient } from '@tanstack/vue-query'
import { API } from './api'
import { useClock } from './clock'

/** What a change to a case makes stale, beside the case itself. */
const LISTS = ['cases', 'work', 'pool', 'customer', 'home', 'contacts', 'search']
const CALM_MS = 600
const LONGEST_WAIT_MS = 30_000

/**
 * Follows `/live` and marks as stale what others changed. Bursts are gathered, so that a busy site does not make
 * every screen fetch for every event. Returns a function that stops it.
 */
export function followLive(queries: QueryClient): () => void {
  let source: EventSource | null = null
  let wait = 1000
  let retry: ReturnType<typeof setTimeout> | undefined
  let calm: ReturnType<typeof setTimeout> | undefined
  const changed = new Set<string>()

  const flush = () => {
    calm = undefined
    for (const id of changed) void queries.invalidateQueries({ queryKey: ['case', id] })
    changed.clear()
    for (const key of LISTS) void queries.invalidateQueries({ queryKey: [key] })
  }
  const open = () => {
    source = new EventSource(`${API}/live`, { withCredentials: true })
    source.onopen = () => {
      // What happened while the line was down is unknown: refetch what is on the screen.
      if (wait > 1000) void queries.invalidateQueries()
      wait = 1000
    }
    source.addEventListener('case', (event) => {
      changed.add((JSON.parse((event as MessageEvent<string>).data) as { id: string }).id)
      calm ??= setTimeout(flush, CALM_MS)
    })
    // Somebody took what this person could have taken: which one it was is not theirs to know any more.
    source.addEventListener('pool', () => {
      calm ??= setTimeout(flush, CALM_MS)
    })
    source.addEventListener('inbox', () => void queries.invalidateQueries({ queryKey: ['inbox'] }))
    // The server lost count of what this browser has missed, or its clock was moved.
    source.addEventListener('resync', (event) => {
      useClock().correct((JSON.parse((event as MessageEvent<string>).data) as { now: number }).now)
      void queries.invalidateQueries()
    })
    source.onerror = () => {
      source?.close()
      retry = setTimeout(open, wait)
      wait = Math.min(wait * 2, LONGEST_WAIT_MS)
    }
  }
  open()
  return () => {
    source?.close()
    clearTimeout(retry)
    clearTimeout(calm)
  }
}
