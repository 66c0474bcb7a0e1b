import { VueQueryPlugin, type QueryClient } from '@tanstack/vue-query'
import { createPinia } from 'pinia'
import { createApp, type App, type Component } from 'vue'
import { i18n } from './i18n'
import { makeQueryClient } from './queries'
import './theme'
import './tokens.css'

/** What all three apps have in common; the app adds its router and mounts. */
export function boot(root: Component): { app: App; queries: QueryClient } {
  const queries = makeQueryClient()
  const app = createApp(root).use(createPinia()).use(i18n).use(VueQueryPlugin, { queryClient: queries })
  return { app, queries }
}
