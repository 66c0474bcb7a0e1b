import type { Session } from '@/shared/api'

const SESSION = 'yizhan.field.session'

/** The session as the device remembers it, so that a locked phone in a basement opens. Nothing secret is in it. */
export function remember(session: Session | null): void {
  if (session) localStorage.setItem(SESSION, JSON.stringify({ ...session, csrf: '' }))
  else localStorage.removeItem(SESSION)
}
export function remembered(): Session | null {
  const text = localStorage.getItem(SESSION)
  return text ? (JSON.parse(text) as Session) : null
}
