import { boot } from '@/shared/boot'
import { addWords } from '@/shared/i18n'
import phoneWords from '@/shared/locales/zh-CN/phone'
import words from '@/shared/locales/zh-CN/owner'
import App from './App.vue'
import { router } from './router'
import '@/shared/phone/vant'

addWords(phoneWords)
addWords(words)
boot(App).app.use(router).mount('#app')
