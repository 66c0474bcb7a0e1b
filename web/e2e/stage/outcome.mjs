// What came of a deed: it was done, it was refused with words that can be read on the page, or the page does not offer it.
import { pause, until } from '../support.mjs'

const WRITES = /\/(actions|use|cases|reports)$/
const FILES = /\/files$/
/** Words of a refusal, wherever the three applications show them. */
const REFUSALS = '.error, .problem, .n-alert, .n-message:not(.n-message--success-type), .van-toast:not(.van-toast--success), .van-dialog__message, .note[role=alert], .answer.invalid'
export const NOT_OFFERED = 'the action is not offered'
/** The page has no control for what is to be done. */
export class Absent extends Error {}
/** How often it is looked, and how long a page may take to send what was pressed. */
const LOOK_MS = 25
const LONGEST_LOOKS = 400
const CALM_LOOKS = 5

/** Follows what the page sends while something is done with it. */
export class Wire {
  constructor(page) {
    this.page = page
    this.forget()
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
    const { answered, files } = this
    if (FILES.test(new URL(request.url()).pathname)) files.push(response.json().then((file) => file.id, () => null))
    else if (this.isWrite(request)) answered.push({ ok: response.ok(), body: await response.json().catch(() => null) })
  }
  forget() {
    this.asked = []
    this.answered = []
    this.files = []
    /** Names of what was kept, in this order. */
    this.named = []
  }
  /** Until `n` files were kept. */
  async kept(n) {
    await until(() => this.files.length >= n, `file ${n} to be kept`)
  }
  async goTo(path) {
    this.place = null
    await this.page.goto(path, { waitUntil: 'commit' })
  }
  /** Brings up a page of which the server says what `asked` gives, unless it stands there and shows just that. */
  async bring(path, asked, clear) {
    if (this.place === path) {
      const seen = await asked()
      if (sum(seen) === this.seen && (await clear()) && !(await wordsOn(this.page)).length) return seen
    }
    const [seen] = await Promise.all([asked(), this.goTo(path)])
    this.place = path
    this.seen = sum(seen)
    return seen
  }
  fileIds() {
    return Promise.all(this.files)
  }
  /** What the server says to the person of this page; for knowing what should be on it, never for doing anything. */
  async ask(path, headers) {
    const answer = await this.page.context().request.get(`/api/v1${path}`, { headers })
    return answer.json()
  }
}

/** What of a case decides what may be done with it. */
const sum = ({ seq, actions }) => JSON.stringify([seq, actions])
const wordsOn = async (page) => {
  const texts = await page.locator(REFUSALS).allInnerTexts()
  return [...new Set(texts.map((text) => text.trim()).filter(Boolean))]
}
export const shown = async (page) => (await wordsOn(page)).join(' / ')

/** Presses, and waits for the answer of the server or for words on the page that keep the form from being sent. */
export async function outcome(wire, press) {
  const { page } = wire
  const before = new Set(await wordsOn(page))
  await press()
  for (let looks = 0; looks < LONGEST_LOOKS && !wire.answered.length; looks++) {
    if (!wire.asked.length && looks > CALM_LOOKS) {
      const words = (await wordsOn(page)).filter((text) => !before.has(text))
      if (words.length && !wire.asked.length) return { refused: words.join(' / '), sent: false }
    }
    await pause(LOOK_MS)
  }
  const answer = wire.answered.at(-1)
  if (!answer) return { wrong: `nothing was sent, and nothing is said; ${await shown(page)}` }
  if (answer.ok) {
    wire.seen = answer.body && sum(answer.body)
    return { done: true, id: answer.body?.id }
  }
  await until(() => shown(page), 'the words of the refusal', 5).catch(() => undefined)
  return { refused: await shown(page), sent: true, answer: JSON.stringify(answer.body) }
}
