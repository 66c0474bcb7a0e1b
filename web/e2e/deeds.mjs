// What leads up to the thing that is tested, done by the API: as the person of a page, or as somebody who has none.
import { PASSWORD, photo } from './support.mjs'

/** What a person shows with every write; a page may change who it is signed in as, and is asked each time. */
const tokens = new WeakMap()

/** Somebody at the API, whom no page is opened for. */
export async function person(world, login) {
  const { request } = await world.browser.newContext({ baseURL: world.base })
  const answer = await request.post('/api/v1/session', { data: { login, password: PASSWORD } })
  if (!answer.ok()) throw new Error(`${login} cannot sign in: ${await answer.text()}`)
  tokens.set(request, (await answer.json()).csrf)
  return request
}
/** Somebody new with a post that nobody of the demonstration has, at a site or at all of them. */
export async function hire(world, login, post, site) {
  await send(await person(world, 'renshi'), '/staff', { name: login, login, password: PASSWORD, posts: [{ post, ...(site ? { site } : {}) }] })
  return person(world, login)
}
const requestOf = (who) => who.request ?? who

/** Reads, as a page or a person. */
export const get = async (who, path) => (await requestOf(who).get(`/api/v1${path}`)).json()
/** Asks for a write and gives the answer, whatever it is; with `seq`, only if the case is still at that version. */
export async function attempt(who, method, path, content, seq) {
  const csrf = tokens.get(who) ?? (await get(who, '/session')).csrf
  const headers = { 'x-csrf-token': csrf, 'idempotency-key': crypto.randomUUID(), ...(seq ? { 'if-match': `"${seq}"` } : {}) }
  return requestOf(who).fetch(`/api/v1${path}`, { method, headers, ...content })
}
/** Writes. */
export async function send(who, path, data, seq) {
  const answer = await attempt(who, 'POST', path, { data }, seq)
  if (!answer.ok()) throw new Error(`${path}: ${await answer.text()}`)
  return answer.json()
}
/** Takes an action of a case. */
export async function perform(who, id, action, input = {}) {
  const { seq } = await get(who, `/cases/${id}`)
  return send(who, `/cases/${id}/actions`, { action, input }, seq)
}
/** Sends a photo, for a form that wants one; gives its id. */
export async function upload(who) {
  const answer = await attempt(who, 'POST', '/files', { multipart: { file: photo('证明.png') } })
  if (!answer.ok()) throw new Error(await answer.text())
  return (await answer.json()).id
}
/** Everything on a checklist of an offered action, each in its first state. */
export async function allOf(who, id, action, field) {
  const offer = (await get(who, `/cases/${id}`)).actions.find((one) => one.name === action)
  const list = offer.ask.find((one) => one.name === field)
  const state = list.columns.find((column) => column.name === 'state').choices[0]
  return (list.places ?? list.checklist.items).map(({ item }) => ({ item, state }))
}

/** A day so many days ahead, in the company's zone. */
export const day = (ahead) => new Date(Date.now() + ahead * 86_400_000 + 8 * 3600_000).toISOString().slice(0, 10)
