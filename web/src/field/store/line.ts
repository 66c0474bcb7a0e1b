import { ref } from 'vue'
import { client } from '@/shared/api'

/** Whether the server answers. The browser's own word is only half of it: a basement's bar of signal carries nothing. */
export const online = ref(navigator.onLine)

/** Longer than this and the line counts as dead: the person goes on without it. */
const PATIENCE_MS = 20_000
const PROBE_MS = 10_000
const backAgain = new Set<() => void>()
let probing: ReturnType<typeof setTimeout> | undefined

function up(): void {
  clearTimeout(probing)
  probing = undefined
  if (online.value) return
  online.value = true
  backAgain.forEach((tell) => tell())
}
function down(): void {
  online.value = false
  probing ??= setTimeout(probe, PROBE_MS)
}
/** Asks whether the line is back; any answer will do. */
export async function probe(): Promise<void> {
  clearTimeout(probing)
  probing = undefined
  await client.GET('/session').catch(() => undefined)
}
/** Calls back each time the line comes back. */
export function onBack(tell: () => void): void {
  backAgain.add(tell)
}

export function watchLine(): void {
  client.use({
    onRequest: ({ request }) => new Request(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(PATIENCE_MS)]) }),
    onResponse: up,
    onError: down,
  })
  addEventListener('offline', down)
  addEventListener('online', () => void probe())
  // A phone that was in the pocket may have lost or found the line without an event.
  document.addEventListener('visibilitychange', () => !document.hidden && !online.value && void probe())
  if (!online.value) down()
}
