import { createRouter, createWebHistory } from 'vue-router'
import { setOwnerToken } from '@/shared/api'
import Home from './pages/Home.vue'

export const router = createRouter({
  history: createWebHistory('/o/'),
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
  routes: [
    { path: '/:token', name: 'home', component: Home },
    { path: '/:token/report/:form?', name: 'report', component: () => import('./pages/Report.vue'), props: true },
    { path: '/:token/matters/:id', name: 'matter', component: () => import('./pages/MatterPage.vue'), props: true },
    { path: '/:rest(.*)*', name: 'lost', component: () => import('./pages/Lost.vue') },
  ],
})

// Whoever holds the link is let in: its token goes with every request, and nothing else is asked.
router.beforeEach((to) => {
  setOwnerToken(String(to.params.token ?? ''))
})
