import { watch } from 'vue'
import { boot } from '@/shared/boot'
import { addWords } from '@/shared/i18n'
import { followLive } from '@/shared/live'
import phoneWords from '@/shared/locales/zh-CN/phone'
import words from '@/shared/locales/zh-CN/field'
import { useSession } from '@/shared/session'
import App from './App.vue'
import { registerShell } from './shell'
import { startField } from './store/field'
import { watchLine } from './store/line'
import { router } from './router'
import '@/shared/phone/vant'
import 'vant/es/tabbar/style/index'
import 'vant/es/tabbar-item/style/index'

addWords(phoneWords)
addWords(words)
const { app, queries } = boot(App)
watchLine()
startField(queries)

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
