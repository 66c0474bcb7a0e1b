// The hands of the stories: a line of JSON says who does what where; it is done with the controls of that person's page
// in a real browser, and a line tells what came of it.
import { createInterface } from 'node:readline'
import { DESK, openBrowser, PASSWORD, PHONE, shoot } from '../support.mjs'
import { act, open } from './desk.mjs'
import { Wire } from './outcome.mjs'
import { actAtGate, actByLink, actInField } from './phone.mjs'

const SHIFT = 3_600_000
const browser = await openBrowser()
console.log('ready')
/** Pages of the company that is served now, by who sits before them. */
let people = new Map()
let company = ''

/** Nothing glides or fades: every step would wait for it. */
function stillness() {
  const still = () => {
    const style = document.createElement('style')
    style.textContent = '*, *::before, *::after { transition-duration: 0s !important; animation-duration: 0s !important; animation-delay: 0s !important }'
    document.head.append(style)
  }
  document.addEventListener('DOMContentLoaded', still)
}

async function page(request) {
  if (company !== request.base) {
    for (const { wire } of people.values()) await wire.page.context().close()
    people = new Map()
    company = request.base
  }
  const device = request.link === 'gate' || request.phone ? PHONE : request.link ? PHONE : DESK
  const who = `${request.link && request.link !== 'gate' ? request.token : request.who} ${device.width}`
  const known = people.get(who)
  if (known && request.now - known.since < SHIFT) return known.wire
  await known?.wire.page.context().close()
  const phone = device === PHONE
  const context = await browser.newContext({
    baseURL: request.base, viewport: device, locale: 'zh-CN', timezoneId: 'Asia/Shanghai', hasTouch: phone, isMobile: phone,
    permissions: ['geolocation'], geolocation: { latitude: 31.2, longitude: 121.5 }, reducedMotion: 'reduce', serviceWorkers: 'block',
  })
  context.setDefaultTimeout(15_000)
  await context.addInitScript(stillness)
  if (!request.link || request.link === 'gate') {
    const answer = await context.request.post(`${request.base}/api/v1/session`, { data: { login: request.who, password: request.password ?? PASSWORD } })
    if (!answer.ok()) throw new Error(`${request.who} cannot sign in: ${answer.status()}`)
  }
  const wire = new Wire(await context.newPage())
  people.set(who, { wire, since: request.now })
  return wire
}

async function perform(request) {
  const wire = await page(request)
  wire.forget()
  wire.named = []
  await wire.page.clock.setFixedTime(request.now)
  // A phone reports where it is as soon as it is asked.
  const place = Object.values(request.input).find((value) => value?.lat != null)
  if (place) await wire.page.context().setGeolocation({ latitude: place.lat, longitude: place.lng })
  try {
    const said = await (request.open ? open : request.link === 'gate' ? actAtGate : request.link ? actByLink : request.phone ? actInField : act)(wire, request)
    const ids = await wire.fileIds()
    return { ...said, files: Object.fromEntries(wire.named.map((name, nth) => [ids[nth] ?? '', name])) }
  } catch (error) {
    await shoot(wire.page, 'failed-stage').catch(() => undefined)
    return { wrong: String(error.message ?? error) }
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const began = performance.now()
  const request = JSON.parse(line)
  const said = await perform(request)
  if (process.env.STAGE_TIMES) console.error(Math.round(performance.now() - began), request.who, request.link ?? '', request.action ?? request.open.kind, JSON.stringify(said).slice(0, 200))
  console.log(JSON.stringify(said))
}
await browser.close()
