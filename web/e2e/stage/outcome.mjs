// What came of a deed: it was done, it was refused with words that can be read on the page, or the page does not offer it.
import { pause, until } from '../support.mjs'

const WRITES = /\/(actions|use|cases)$/
const FILES = /\/files$/
/** Words of a refusal, wherever the three applications show them. */
const REFUSALS = '.error, .problem, .n-alert, .n-message, .van-toast, .van-dialog__message, .note[role=alert], .answer.invalid'

/** Follows what the page sends while something is done with it. */
export class Wire {
  constructor(page) {
    this.page = page
    this.asked = []
    this.answered = []
    this.files = []
    page.on('request', (request) => this.isWrite(request) && this.asked.push(request))
    page.on('response', (response) => this.heard(response))
    page.on('requestfailed', (request) => this.isWrite(request) && this.answered.push({ ok: false }))
  }
  isWrite(request) {
    return request.method() === 'POST' && WRITES.test(new URL(request.url()).pathname)
  }
  async heard(response) {
    const request = response.request()
    if (request.method() !== 'POST') return
    if (FILES.test(new URL(request.url()).pathname)) this.files.push(response.json().then((file) => file.id, () => null))
    else if (this.isWrite(request)) this.answered.push({ ok: response.ok(), body: await response.json().catch(() => null) })
  }
  forget() {
    this.asked.length = this.answered.length = this.files.length = 0
  }
  /** Until `n` files were kept. */
  async kept(n) {
    await until(() => this.files.length >= n, `file ${n} to be kept`)
  }
  fileIds() {
    return Promise.all(this.files)
  }
}

export async function shown(page) {
  const texts = await page.locator(REFUSALS).allInnerTexts()
  return [...new Set(texts.map((text) => text.trim()).filter(Boolean))].join(' / ')
}

/** Presses, and waits for the answer of the server or for words on the page that keep the form from being sent. */
export async function outcome(wire, press) {
  const { page } = wire
  await press()
  for (let tries = 0; tries < 200; tries++) {
    if (wire.answered.length) break
    if (!wire.asked.length && tries > 2) {
      const words = await shown(page)
      if (words) return { refused: words, sent: false }
    }
    await pause(50)
  }
  const answer = wire.answered.at(-1)
  if (!answer) return { wrong: `nothing was sent, and nothing is said; ${await shown(page)}` }
  if (answer.ok) return { done: true, id: answer.body?.id }
  await until(() => shown(page), 'the words of the refusal', 5).catch(() => undefined)
  return { refused: await shown(page), sent: true, answer: JSON.stringify(answer.body) }
}
