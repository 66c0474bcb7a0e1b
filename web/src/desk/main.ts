import { watch } from 'vue'
import { boot } from '@/shared/boot'
import { addWords } from '@/shared/i18n'
import { followLive } from '@/shared/live'
import { useSession } from '@/shared/session'
import words from '@/shared/locales/zh-CN/gate'
import App from './App.vue'
import { router } from './router'
import './desk.css'

addWords(words)
const { app, queries } = boot(App)

const session = useSession()
let stop: (() => void) | undefined
watch(
  () => session.me?.id,
  (id, before) => {
    stop?.()
    stop = id ? followLive(queries) : undefined
    if (before && !id) {
      // Another person may sit down here: nothing of the first may stay in memory.
      queries.clear()
      void router.push({ name: 'sign-in', query: { to: router.currentRoute.value.fullPath } })
    }
  },
)
app.use(router).mount('#app')
