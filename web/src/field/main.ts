import { boot } from '@/shared/boot'
import App from './App.vue'
import { router } from './router'
import 'vant/lib/index.css'

boot(App).app.use(router).mount('#app')
