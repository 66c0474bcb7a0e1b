import { createRouter, createWebHistory } from 'vue-router'
import { sentenceOf } from '@/shared/api'
import { useClock } from '@/shared/clock'
import { t } from '@/shared/i18n'
import { useSession } from '@/shared/session'
import { desk, frame } from './ahead'
import SignIn from './pages/SignIn.vue'

export const router = createRouter({
  history: createWebHistory('/'),
  routes: [
    { path: '/sign-in', name: 'sign-in', component: SignIn, meta: { open: true, title: 'nav.signIn' } },
    { path: '/setup', name: 'setup', component: () => import('./pages/Setup.vue'), meta: { open: true, title: 'nav.setup' } },
    { path: '/down', name: 'down', component: () => import('./pages/Down.vue'), meta: { open: true, title: 'nav.down' } },
    {
      path: '/',
      component: frame,
      children: [
        { path: '', name: 'desk', component: desk, meta: { title: 'nav.desk' } },
        { path: 'work', name: 'work', component: () => import('./pages/Work.vue'), meta: { title: 'nav.work' } },
        { path: 'cases', name: 'cases', component: () => import('./pages/Cases.vue'), meta: { title: 'nav.cases' } },
        { path: 'cases/new', name: 'case-new', component: () => import('./pages/CaseNew.vue'), meta: { title: 'nav.caseNew' } },
        { path: 'cases/:id', name: 'case', component: () => import('./pages/Case.vue'), meta: { title: 'nav.case' } },
        { path: 'cases/:id/print', name: 'case-print', component: () => import('./pages/CasePrint.vue'), meta: { title: 'paper.title' } },
        { path: 'dispatch', name: 'dispatch', component: () => import('./pages/Dispatch.vue'), meta: { title: 'nav.dispatch' } },
        { path: 'follow-ups', name: 'follow-ups', component: () => import('./pages/FollowUps.vue'), meta: { title: 'nav.followUps' } },
        { path: 'recurrences', name: 'recurrences', component: () => import('./pages/Recurrences.vue'), meta: { title: 'nav.recurrences' } },
        { path: 'recurrences/:pack/:name', name: 'recurrence', component: () => import('./pages/Recurrence.vue'), meta: { title: 'nav.recurrences' } },
        { path: 'contacts', name: 'contacts', component: () => import('./pages/Contacts.vue'), meta: { title: 'nav.contacts' } },
        { path: 'contacts/:id', name: 'contact', component: () => import('./pages/Contact.vue'), meta: { title: 'nav.contact' } },
        { path: 'events', name: 'events', component: () => import('./pages/Events.vue'), meta: { title: 'nav.events' } },
        { path: 'clauses', name: 'clauses', component: () => import('./pages/Clauses.vue'), meta: { title: 'nav.clauses' } },
        { path: 'clauses/:id', name: 'clause', component: () => import('./pages/Clause.vue'), meta: { title: 'nav.clauses' } },
        { path: 'reports', name: 'reports', component: () => import('./pages/Reports.vue'), meta: { title: 'nav.reports' } },
        { path: 'reports/:name', name: 'report', component: () => import('./pages/Report.vue'), meta: { title: 'nav.reports' } },
        { path: 'manual/:kind?', name: 'manual', component: () => import('./pages/Manual.vue'), meta: { title: 'nav.manual' } },
        { path: 'estate', name: 'estate', component: () => import('./pages/Estate.vue'), meta: { title: 'nav.estate' } },
        { path: 'homes/:id', name: 'home', component: () => import('./pages/Home.vue'), meta: { title: 'nav.home' } },
        { path: 'staff', name: 'staff', component: () => import('./pages/Staff.vue'), meta: { title: 'nav.staff' } },
        { path: 'account', name: 'account', component: () => import('./pages/Account.vue'), meta: { title: 'account.title' } },
        { path: 'system', name: 'system', component: () => import('./pages/System.vue'), meta: { title: 'system.title' } },
        { path: 'import', name: 'import', component: () => import('./pages/Import.vue'), meta: { title: 'nav.import' } },
        { path: 'duty', name: 'duty', component: () => import('./pages/Duty.vue'), meta: { title: 'nav.duty' } },
        { path: ':rest(.*)*', name: 'lost', component: () => import('./pages/Lost.vue'), meta: { title: 'nav.lost' } },
      ],
    },
  ],
})

router.beforeEach(async (to) => {
  const session = useSession()
  if (to.meta.open && to.name === 'down') return true
  if (!session.current && !session.asked) {
    try {
      if (await session.load()) useClock().correct(session.current!.now)
    } catch (error) {
      return { name: 'down', query: { why: sentenceOf(error), to: to.fullPath } }
    }
  }
  if (session.setupNeeded) return to.name === 'setup' ? true : { name: 'setup' }
  if (!session.current) return to.name === 'sign-in' ? true : { name: 'sign-in', query: to.path === '/' ? {} : { to: to.fullPath } }
  if (to.meta.open) return { path: '/' }
  if (to.name === 'desk' && !session.may('desk')) return { name: 'work' }
  return true
})
router.afterEach((to) => {
  const title = to.meta.title as string | undefined
  document.title = title ? `${t(title)} · ${t('app.name')}` : t('app.name')
})
