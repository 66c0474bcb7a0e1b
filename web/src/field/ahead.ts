/** What everybody sees after signing in; fetched once, by the router or ahead of it. */
export const frame = () => import('./layout/Frame.vue')
export const work = () => import('./pages/Work.vue')
