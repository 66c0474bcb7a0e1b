import { watch } from 'vue'
import { boot } from '@/shared/boot'
import { addWords } from '@/shared/i18n'
import { followLive } from '@/shared/live'
import words from '@/shared/locales/zh-CN/field-gate'
import { useSession } from '@/shared/session'
import App from './App.vue'
import { registerShell } from './shell'
import { watchLine } from './store/line'
import { router } from './router'
import '@/shared/phone/phone.css'

addWords(words)
const { app, queries } = boot(App)
watchLine()

const session = useSession()
let stop: (() => void) | undefined
watch(() => session.me?.id, (id, before) => {
  stop?.()
  stop = id ? followLive(queries) : undefined
  if (before && !id) {
    // Another person may take this phone: nothing of the first may stay in memory.
    queries.clear()
    void router.push({ name: 'sign-in', query: { to: router.currentRoute.value.fullPath } })
  }
})
app.use(router).mount('#app')
registerShell()
