import { createRouter, createWebHistory } from 'vue-router'
import { useClock } from '@/shared/clock'
import { t } from '@/shared/i18n'
import { useSession } from '@/shared/session'
import { frame, work } from './ahead'
import SignIn from './pages/SignIn.vue'
import { remembered } from './store/remembered'

export const router = createRouter({
  history: createWebHistory('/field/'),
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
  routes: [
    { path: '/sign-in', name: 'sign-in', component: SignIn, meta: { title: 'field.signIn', open: true } },
    {
      path: '/',
      component: frame,
      children: [
        { path: '', name: 'work', component: work, meta: { title: 'field.work', tab: true } },
        { path: 'pool', name: 'pool', component: () => import('./pages/Pool.vue'), meta: { title: 'field.pool', tab: true } },
        { path: 'inbox', name: 'inbox', component: () => import('./pages/Inbox.vue'), meta: { title: 'field.inbox', tab: true } },
        { path: 'me', name: 'me', component: () => import('./pages/Me.vue'), meta: { title: 'field.me', tab: true } },
        { path: 'outbox', name: 'outbox', component: () => import('./pages/Outbox.vue'), meta: { title: 'field.outbox' } },
        { path: 'gate', name: 'gate', component: () => import('./pages/Gate.vue'), meta: { title: 'field.gate' } },
        { path: 'cases/:id', name: 'case', component: () => import('./pages/Order.vue'), meta: { title: 'field.order' }, props: true },
      ],
    },
    { path: '/:rest(.*)*', redirect: '/' },
  ],
})

router.beforeEach(async (to) => {
  const session = useSession()
  if (!session.current && !session.asked) {
    try {
      if (await session.load()) useClock().correct(session.current!.now)
    } catch {
      // No line: whoever signed in on this device last goes on with what it holds.
      session.current = remembered()
    }
  }
  if (!session.current) return to.name === 'sign-in' ? true : { name: 'sign-in', query: to.path === '/' ? {} : { to: to.fullPath } }
  return to.name === 'sign-in' ? { name: 'work' } : true
})
router.afterEach((to) => {
  document.title = `${t(String(to.meta.title ?? 'app.name'))} · ${t('app.name')}`
})
