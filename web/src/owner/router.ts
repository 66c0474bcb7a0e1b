import { createRouter, createWebHistory } from 'vue-router'

export const router = createRouter({
  history: createWebHistory('/o/'),
  routes: [{ path: '/:token', component: () => import('./pages/Home.vue') }],
})
