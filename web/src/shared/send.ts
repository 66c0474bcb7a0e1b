import { ref } from 'vue'
import { sentenceOf } from './api/problem'

/** Sends one form at a time: `busy` while it is on its way, `problem` what the server said against it. */
export function useSend() {
  const busy = ref(false)
  const problem = ref('')
  /** What came of the work; nothing when it failed, or when it was on its way already. */
  async function send<T>(work: () => Promise<T>, failed?: (error: unknown) => void): Promise<T | undefined> {
    if (busy.value) return
    busy.value = true
    problem.value = ''
    try {
      return await work()
    } catch (error) {
      problem.value = sentenceOf(error)
      failed?.(error)
    } finally {
      busy.value = false
    }
  }
  return { busy, problem, send }
}
