// What a first visit costs: bytes over the wire by kind of file, and how long until the page can be used, with an
// empty cache, on a phone's line and processor. `npm run wire` measures the release build, or what YIZHAN_BIN names.
import { fileURLToPath } from 'node:url'
import { openBrowser, PASSWORD, PHONE, DESK, serveCompany } from '../e2e/support.mjs'

/** Lines as Lighthouse simulates them: what a request waits, and what flows each way. */
const LINES = [
  { name: 'no throttling', rtt: 0, down: -1, up: -1, cpu: 1 },
  { name: '4G (9 Mbit/s, 85 ms), CPU ÷4', rtt: 85, down: 9000, up: 9000, cpu: 4 },
  { name: 'slow 4G (1.6 Mbit/s, 150 ms), CPU ÷4', rtt: 150, down: 1638, up: 750, cpu: 4 },
]
const LIMITS = { desk: 350, field: 200, owner: 200 }
const RUNS = Number(process.env.RUNS ?? 3)
const KINDS = { Document: 'document', Script: 'script', Stylesheet: 'style', Fetch: 'answers', XHR: 'answers' }

/** Records in the page when each named control is there, and a frame later than that drawn: its thread was free. */
function watchControls(controls) {
  const seen = (window.controls = {})
  const usable = (el) => el && !el.disabled && el.getClientRects().length > 0
  const look = () => {
    for (const [name, selector] of Object.entries(controls)) {
      if (name in seen || !usable(document.querySelector(selector))) continue
      seen[name] = null
      requestAnimationFrame(() => setTimeout(() => (seen[name] = performance.now())))
    }
    requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
}

/** A page with nothing kept, behind `line`; counts what its requests weigh, headers included. */
async function visitor(browser, line, size, controls) {
  const phone = size.width < 600
  const context = await browser.newContext({ viewport: size, locale: 'zh-CN', isMobile: phone, hasTouch: phone, serviceWorkers: 'block' })
  const page = await context.newPage()
  const cdp = await context.newCDPSession(page)
  const kb = {}
  const kinds = new Map()
  let count = 0
  cdp.on('Network.responseReceived', ({ requestId, type }) => kinds.set(requestId, KINDS[type] ?? 'other'))
  cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const kind = kinds.get(requestId) ?? 'other'
    kb[kind] = (kb[kind] ?? 0) + encodedDataLength / 1000
    count++
  })
  await cdp.send('Network.enable')
  await cdp.send('Network.setCacheDisabled', { cacheDisabled: false })
  const rate = (kbit) => (kbit < 0 ? -1 : (kbit * 1000) / 8)
  await cdp.send('Network.emulateNetworkConditions', { offline: false, latency: line.rtt, downloadThroughput: rate(line.down), uploadThroughput: rate(line.up) })
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: line.cpu })
  await page.addInitScript(watchControls, controls)
  const when = async (name) => (await page.waitForFunction((n) => window.controls?.[n], name, { timeout: 60_000, polling: 100 })).jsonValue()
  const painted = () => page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime)
  const weight = () => ({ ...kb, requests: count, total: Object.values(kb).reduce((a, b) => a + b, 0) })
  return { page, when, painted, weight, close: () => context.close() }
}

/** Sign-in, then the first page of work; both parts of one first visit. */
async function signIn(visit, url, main) {
  await visit.page.goto(url, { waitUntil: 'commit' })
  const ready = await visit.when('login')
  const first = { painted: await visit.painted(), ready, ...visit.weight() }
  // People take a while to type; what a page fetches meanwhile is ready when they have done.
  await visit.page.waitForTimeout(1500)
  await visit.page.fill('input[name=login]', visit.login)
  await visit.page.fill('input[name=password]', PASSWORD)
  const from = await visit.page.evaluate(() => performance.now())
  await visit.page.locator('input[name=password]').press('Enter')
  const then = (await visit.when(main)) - from
  await settled(visit)
  return { first, then: { ready: then, ...visit.weight() } }
}
/** Until nothing more has come for a while. The live stream never ends and is not waited for. */
async function settled(visit) {
  for (let before = -1, now = 0; before !== now; ) {
    before = now
    await visit.page.waitForTimeout(700)
    now = visit.weight().requests
  }
}

const JOURNEYS = {
  async desk(browser, line, base, size = DESK) {
    const visit = await visitor(browser, line, size, { login: 'input[name=login]', main: '.judgements button' })
    const { first, then } = await signIn({ ...visit, login: 'qiantai' }, `${base}/`, 'main')
    await visit.close()
    return { 'sign-in': first, 'desk, from Enter': then }
  },
  async field(browser, line, base) {
    const visit = await visitor(browser, line, PHONE, { login: 'input[name=login]', main: '.page.tabbed :is(.card, .note p)' })
    const { first, then } = await signIn({ ...visit, login: 'shifu' }, `${base}/field/`, 'main')
    await visit.close()
    return { 'sign-in': first, 'work, from Enter': then }
  },
  async owner(browser, line, base, link) {
    const visit = await visitor(browser, line, PHONE, { main: '.page a[href*="/report/"]' })
    await visit.page.goto(base + link, { waitUntil: 'commit' })
    const ready = await visit.when('main')
    const painted = await visit.painted()
    await settled(visit)
    await visit.close()
    return { 'the link': { painted, ready, ...visit.weight() } }
  },
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]
/** The median of each figure over several visits. */
function middle(runs) {
  const steps = Object.keys(runs[0])
  return Object.fromEntries(steps.map((step) => {
    const names = [...new Set(runs.flatMap((run) => Object.keys(run[step])))]
    return [step, Object.fromEntries(names.map((name) => [name, median(runs.map((run) => run[step][name] ?? 0))]))]
  }))
}

/** What the service worker of the field app keeps for work without signal, after everything else. */
async function kept(base) {
  const worker = await (await fetch(`${base}/field/sw.js`)).text()
  const urls = [...worker.matchAll(/url:\s*"([^"]+)"/g)].map((found) => found[1])
  const sizes = await Promise.all(urls.map(async (url) => {
    const answer = await fetch(base + url, { headers: { 'accept-encoding': 'br' } })
    const length = Number(answer.headers.get('content-length') ?? 0)
    await answer.arrayBuffer()
    return length
  }))
  return { files: urls.length, kb: sizes.reduce((a, b) => a + b, 0) / 1000 }
}

const ms = (n) => (n === undefined ? '–' : `${(n / 1000).toFixed(2)} s`)
const kb = (n) => (n ?? 0).toFixed(0).padStart(4)
function print(app, step, of) {
  const parts = ['document', 'script', 'style', 'answers', 'other'].map((kind) => kb(of[kind])).join(' ')
  console.log(`  ${`${app}: ${step}`.padEnd(26)} ${kb(of.total)} kB = ${parts}  ${String(of.requests).padStart(3)} requests  first paint ${ms(of.painted)}  usable ${ms(of.ready)}`)
}

process.env.YIZHAN_BIN ??= fileURLToPath(new URL('../../target/release/yizhan', import.meta.url))
const served = await serveCompany()
const browser = await openBrowser()
try {
  const { owner: { url: link } } = await (await fetch(`${served.base}/api/v1/session/demo`)).json()
  console.log('kB over the wire with headers, since the visit began: document, script, style, answers of the API, other')
  for (const line of LINES) {
    console.log(`\n${line.name}, median of ${RUNS}`)
    for (const [app, journey] of Object.entries(JOURNEYS)) {
      const runs = []
      for (let i = 0; i < RUNS; i++) runs.push(await journey(browser, line, served.base, app === 'owner' ? link : undefined))
      const steps = Object.entries(middle(runs))
      for (const [step, of] of steps) print(app, step, of)
      const total = steps.at(-1)[1].total
      console.log(`  ${app}: ${total.toFixed(0)} of ${LIMITS[app]} kB ${total <= LIMITS[app] ? 'kept' : 'MISSED'}`)
    }
  }
  const shell = await kept(served.base)
  console.log(`\nfield, for work without signal: ${shell.kb.toFixed(0)} kB in ${shell.files} files kept on the device, fetched when idle; those of the first visit are not fetched again`)
} finally {
  await browser.close()
  await served.end()
}
