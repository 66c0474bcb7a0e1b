import { ref } from 'vue'

/** A newer version of the app lies ready. */
export const newVersion = ref<ServiceWorker | null>(null)

/**
 * Keeps the app itself on the device, so that it opens without signal. Browsers allow it on https and localhost only;
 * elsewhere the app works while the page stays open. Its scope is /field/: the desk never passes through it.
 */
export function registerShell(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return
  addEventListener('load', async () => {
    const here = await navigator.serviceWorker.register('/field/sw.js', { scope: '/field/' })
    const look = () => (newVersion.value = navigator.serviceWorker.controller ? here.waiting : null)
    look()
    here.addEventListener('updatefound', () => here.installing?.addEventListener('statechange', look))
  })
}
/** Changes to the newer version; the page is loaded again. */
export function takeNewVersion(): void {
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true })
  newVersion.value?.postMessage({ type: 'SKIP_WAITING' })
}
