import { createRouter, createWebHistory } from 'vue-router'

export const router = createRouter({
  history: createWebHistory('/field/'),
  routes: [{ path: '/:rest(.*)*', component: () => import('./pages/Home.vue') }],
})
