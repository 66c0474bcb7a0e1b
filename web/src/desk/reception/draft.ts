import { defineStore } from 'pinia'
import { reactive, ref, toRaw } from 'vue'
import type { Data } from '@/shared/api'

export interface Judged { judgement: string; urgency: 0 | 1 | 2; values: Data; answering?: boolean; answer?: Data }
export interface Draft {
  channel: string
  said: string
  callerName: string
  callerPhone: string
  doneAtOnce: string
  followNeeded: string
  readBack: boolean
  happenedAt: number | null
  judged: Judged[]
}
const blank = (channel = 'call'): Draft => ({
  channel, said: '', callerName: '', callerPhone: '', doneAtOnce: '', followNeeded: '', readBack: false, happenedAt: null, judged: [],
})

/** The contact being written. It outlives a glance at another page, and clearing it can be taken back once. */
export const useDraft = defineStore('draft', () => {
  const now = reactive(blank())
  const before = ref<Draft | null>(null)

  function clear(): void {
    const old: Draft = { ...toRaw(now), judged: now.judged.map((j) => ({ ...toRaw(j), values: { ...toRaw(j.values) } })) }
    before.value = old.said || old.judged.length ? old : null
    Object.assign(now, blank(now.channel))
  }
  function restore(): void {
    if (before.value) Object.assign(now, before.value)
    before.value = null
  }
  function done(): void {
    Object.assign(now, blank(now.channel))
    before.value = null
  }
  return { now, before, clear, restore, done }
})
