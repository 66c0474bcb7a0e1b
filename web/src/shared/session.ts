import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { earlyFetch } from './early'
import { body, client, onSignedOut, Problem, setCsrf, type Right, type Session } from './api'

const SITE_KEY = 'yizhan.site'

/** Who is signed in, what they may do, and the site they work at. */
export const useSession = defineStore('session', () => {
  const current = ref<Session | null>(null)
  const setupNeeded = ref(false)
  /** The server has said whether anybody is signed in: turned away, one need not ask again. */
  const asked = ref(false)
  const site = ref<string | undefined>(localStorage.getItem(SITE_KEY) ?? undefined)

  function take(session: Session): void {
    current.value = session
    asked.value = true
    setupNeeded.value = false
    setCsrf(session.csrf)
    if (!session.sites.some((s) => s.id === site.value)) site.value = session.sites[0]?.id
  }

  /** Asks the server who is there; true when somebody is signed in. */
  async function load(): Promise<boolean> {
    try {
      take(await body(client.GET('/session', { fetch: earlyFetch() })))
      return true
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'not-signed-in') throw error
      asked.value = true
      setupNeeded.value = error.body.setup_needed === true
      return false
    }
  }
  async function signIn(login: string, password: string, code?: string): Promise<void> {
    take(await body(client.POST('/session', { body: { login, password, code } })))
  }
  async function setUp(form: { company: string; login: string; name: string; password: string }): Promise<void> {
    await client.POST('/setup', { body: form })
    await signIn(form.login, form.password)
  }
  async function signOut(): Promise<void> {
    await client.DELETE('/session')
    current.value = null
  }
  function chooseSite(id: string): void {
    site.value = id
    localStorage.setItem(SITE_KEY, id)
  }
  const may = (right: Right): boolean => current.value?.may.includes(right) ?? false
  const me = computed(() => current.value?.staff)
  const sites = computed(() => current.value?.sites ?? [])

  onSignedOut(() => {
    current.value = null
  })
  return { current, asked, setupNeeded, site, me, sites, may, load, signIn, setUp, signOut, chooseSite }
})
