// What leads up to the thing that is tested, done by the API as the person of a page.
import { ask, photo } from './support.mjs'

/** Writes; with `seq`, only if the case is still at that version. */
export const send = (page, path, body, seq) =>
  page.evaluate(async ([at, content, version]) => {
    const { csrf } = await (await fetch('/api/v1/session')).json()
    const headers = { 'content-type': 'application/json', 'x-csrf-token': csrf, 'idempotency-key': crypto.randomUUID(), ...(version ? { 'if-match': `"${version}"` } : {}) }
    const answer = await fetch(`/api/v1${at}`, { method: 'POST', headers, body: JSON.stringify(content) })
    if (!answer.ok) throw new Error(`${at}: ${await answer.text()}`)
    return answer.json()
  }, [path, body, seq])
/** Takes an action of a case. */
export const perform = async (page, id, action, input = {}) => send(page, `/cases/${id}/actions`, { action, input }, (await ask(page, `/cases/${id}`)).seq)

/** Sends a photo, for a form that wants one; gives its id. */
export const upload = (page) =>
  page.evaluate(async (bytes) => {
    const { csrf } = await (await fetch('/api/v1/session')).json()
    const form = new FormData()
    form.append('file', new Blob([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], { type: 'image/png' }), '证明.png')
    const answer = await fetch('/api/v1/files', { method: 'POST', body: form, headers: { 'x-csrf-token': csrf, 'idempotency-key': crypto.randomUUID() } })
    if (!answer.ok) throw new Error(await answer.text())
    return (await answer.json()).id
  }, photo().buffer.toString('base64'))

/** A day so many days ahead, in the company's zone. */
export const day = (ahead) => new Date(Date.now() + ahead * 86_400_000 + 8 * 3600_000).toISOString().slice(0, 10)
