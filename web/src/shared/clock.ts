import { defineStore } from 'pinia'
import { ref } from 'vue'
import { span } from './format'
import { t } from './i18n'

/** The one clock of the page: everything that counts reads `now`, so that one timer serves them all. */
export const useClock = defineStore('clock', () => {
  const now = ref(Date.now())
  let ahead = 0

  /** Corrects for a device whose clock is wrong, by the server's `now`. */
  function correct(serverNow: number): void {
    ahead = serverNow - Date.now()
    now.value = serverNow
  }
  setInterval(() => {
    if (!document.hidden) now.value = Date.now() + ahead
  }, 1000)
  document.addEventListener('visibilitychange', () => {
    now.value = Date.now() + ahead
  })
  return { now, correct }
})

export type Urgence = 'calm' | 'soon' | 'late' | 'paused' | 'met' | 'broken' | 'lapsed'
export interface Deadline {
  state: Urgence
  /** `剩 1小时20分`, `已超 2小时`, or the state in words. */
  text: string
  /** A shape that tells the states apart without colour. */
  mark: string
}
const MARKS: Record<Urgence, string> = { calm: '○', soon: '◐', late: '▲', paused: '‖', met: '✓', broken: '✕', lapsed: '–' }

/** `soon` is the last fifth of the time given, at least half an hour; without a start, the last hour. */
const isSoon = (due: number, now: number, from?: number): boolean =>
  due - now < (from == null ? 3_600_000 : Math.max(1_800_000, (due - from) / 5))

/** How a running deadline stands at `now`. */
export function deadline(run: { due_at?: number; started_at?: number; paused?: boolean; breached?: boolean }, now: number): Deadline {
  const make = (state: Urgence, text: string): Deadline => ({ state, text, mark: MARKS[state] })
  if (run.paused) return make('paused', t('time.paused'))
  if (run.due_at == null) return make('calm', t('deadline.calm'))
  const left = run.due_at - now
  if (left < 0) return make('late', t('time.over', { span: span(left) }))
  return make(isSoon(run.due_at, now, run.started_at) ? 'soon' : 'calm', t('time.left', { span: span(left) }))
}
/** How a stopped run ended. */
export function ended(state: 'met' | 'broken' | 'lapsed'): Deadline {
  return { state, text: t(`deadline.${state}`), mark: MARKS[state] }
}
