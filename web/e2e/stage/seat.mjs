// Where people sit: one page at a desk and one on a phone, each for one person after the other. Whoever sits down finds
// nothing of whoever sat there before, except what the browser keeps of the built pages.
import { DESK, PASSWORD, PHONE } from '../support.mjs'
import { Wire } from './outcome.mjs'

/** Whoever sat down earlier signs in anew. */
const SHIFT = 3_600_000
const LONGEST_WAIT_MS = 6_000
const NOTHING = '/favicon.svg'
const LEFT_BEHIND = 'cookies,local_storage,indexeddb,cache_storage'

/** Nothing glides or fades: every step would wait for it. */
function stillness() {
  document.addEventListener('DOMContentLoaded', () => {
    const style = document.createElement('style')
    style.textContent = '*, *::before, *::after { transition-duration: 0s !important; animation-duration: 0s !important; animation-delay: 0s !important }'
    document.head?.append(style)
  })
}
/** The hands of every clock stand where the story's do; what waits goes on waiting. */
const standing = (now) => `{
  const { Date: Real } = globalThis
  globalThis.Date = new Proxy(Real, {
    construct: (of, given, made) => Reflect.construct(of, given.length ? given : [${now}], made),
    apply: () => new Real(${now}).toString(),
    get: (of, name) => (name === 'now' ? () => ${now} : Reflect.get(of, name)),
  })
}`

export class Seat {
  static async at(browser, base, phone) {
    const seat = new Seat()
    seat.base = base
    seat.phone = phone
    seat.context = await browser.newContext({
      baseURL: base, viewport: phone ? PHONE : DESK, locale: 'zh-CN', timezoneId: 'Asia/Shanghai', hasTouch: phone, isMobile: phone,
      permissions: ['geolocation'], reducedMotion: 'reduce', serviceWorkers: 'block',
    })
    seat.context.setDefaultTimeout(LONGEST_WAIT_MS)
    await seat.context.addInitScript(stillness)
    const page = await seat.context.newPage()
    seat.browser = await seat.context.newCDPSession(page)
    await seat.browser.send('Page.enable')
    seat.wire = new Wire(page)
    return seat
  }

  /** Lets the one of the request sit down, unless they sit there. */
  async take(company, { who, password, link, token, now }) {
    const guest = link && link !== 'gate' ? token : null
    const name = `${company} ${guest ?? who}`
    if (this.name !== name || now - this.since >= SHIFT) {
      this.name = null
      // The pages of the phone keep things by themselves: they are left first. An empty page would end the program that
      // shows pages, and with it its memory of them; a picture asks for nothing and keeps nothing.
      this.wire.place = null
      if (this.phone) await this.wire.goTo(NOTHING)
      await this.browser.send('Storage.clearDataForOrigin', { origin: this.base, storageTypes: LEFT_BEHIND })
      await this.context.clearCookies()
      if (!guest) {
        const answer = await this.context.request.post('/api/v1/session', { data: { login: who, password: password ?? PASSWORD } })
        if (!answer.ok()) throw new Error(`${who} cannot sign in: ${answer.status()}`)
      }
      this.name = name
      this.since = now
    }
    await this.clock(now)
  }

  /** A phone reports where it is as soon as it is asked; nowhere, as in a basement, where the story gives no place. */
  async stand(place) {
    const spot = place ? { latitude: place.lat, longitude: place.lng } : null
    if (JSON.stringify(spot) === JSON.stringify(this.spot)) return
    await this.context.setGeolocation(spot)
    this.spot = spot
  }

  async clock(now) {
    if (this.now === now) return
    this.wire.place = null
    if (this.hands) await this.browser.send('Page.removeScriptToEvaluateOnNewDocument', { identifier: this.hands })
    this.hands = (await this.browser.send('Page.addScriptToEvaluateOnNewDocument', { source: standing(now) })).identifier
    this.now = now
  }
}
