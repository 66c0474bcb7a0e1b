import { VueQueryPlugin, type QueryClient } from '@tanstack/vue-query'
import { createPinia } from 'pinia'
import { createApp, type App, type Component } from 'vue'
import { onNow } from './api'
import { useClock } from './clock'
import { i18n } from './i18n'
import { makeQueryClient } from './queries'
import './theme'
import './tokens.css'

/** What an answer needs on its way, and a timer to tick, says nothing of the device's clock. */
const SLACK_MS = 5000

/** What all three apps have in common; the app adds its router and mounts. */
export function boot(root: Component): { app: App; queries: QueryClient } {
  const queries = makeQueryClient()
  const app = createApp(root).use(createPinia()).use(i18n).use(VueQueryPlugin, { queryClient: queries })
  const clock = useClock()
  onNow((now) => {
    if (Math.abs(now - clock.now) > SLACK_MS) clock.correct(now)
  })
  return { app, queries }
}
