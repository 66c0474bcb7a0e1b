// A company of its own for each test file: a small demonstration in a temporary folder, served by the built program,
// and one browser. Everything is taken down again, also when a test fails.
import { chromium } from 'playwright-core'
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'

export const DESK = { width: 1440, height: 900 }
export const PHONE = { width: 390, height: 844 }
export const PASSWORD = 'yizhan-demo'
const START_SECONDS = 120
const LOOK_MS = 40
const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)
// Root in a container has no sandbox, and what a browser fetches for itself only costs time.
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
  // Pages live for a moment: compiling what runs often costs more than it gives.
  '--js-flags=--no-maglev --no-opt']

const freePort = () =>
  new Promise((done, fail) => {
    const probe = createServer().once('error', fail)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => done(port))
    })
  })

/** A small demonstration in a temporary folder, served by the built program; `end` takes it down again. */
export async function serveCompany({ homes = 40, days = 10 } = {}) {
  const program = process.env.YIZHAN_BIN
  if (!program) throw new Error('YIZHAN_BIN must name the built program')
  const folder = mkdtempSync(join(tmpdir(), 'yizhan-e2e-'))
  let server
  const end = async () => {
    if (server && server.exitCode === null) {
      const gone = new Promise((done) => server.once('exit', done))
      server.kill('SIGTERM')
      // Open event streams hold a graceful stop back.
      const impatience = setTimeout(() => server.kill('SIGKILL'), 2000)
      await gone
      clearTimeout(impatience)
    }
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    const place = ['--database', `sqlite://${folder}/y.sqlite`, '--files', join(folder, 'files')]
    const made = spawnSync(program, ['simulate', '--seed', '1', '--homes', String(homes), '--days', String(days), ...place], { encoding: 'utf8' })
    if (made.status !== 0) throw new Error(`no company: ${made.stderr}`)
    const port = await freePort()
    let said = ''
    server = spawn(program, ['serve', '--demo', '--listen', `127.0.0.1:${port}`, ...place], { stdio: ['ignore', 'pipe', 'pipe'] })
    server.stdout.on('data', (text) => (said += text))
    server.stderr.on('data', (text) => (said += text))
    const base = `http://127.0.0.1:${port}`
    await answers(`${base}/readyz`, () => said)
    return { base, end, place }
  } catch (error) {
    await end()
    throw error
  }
}
export const openBrowser = () => chromium.launch({ executablePath: CHROMIUM, args: FLAGS })

/** Starts company and browser before the tests of a file; `world.page(login)` then gives signed-in pages. */
export function company(size) {
  const world = { pages: [] }
  /** A test whose open pages are kept as pictures when it fails. */
  world.test = (name, work) =>
    test(name, async () => {
      try {
        await work()
      } catch (error) {
        for (const [i, page] of world.pages.entries()) if (!page.isClosed()) await shoot(page, `failed-${i}`).catch(() => undefined)
        throw error
      } finally {
        for (const page of world.pages.splice(0)) await page.context().close()
      }
    })
  let served, browser
  before(async () => {
    served = await serveCompany(size)
    browser = await openBrowser()
    Object.assign(world, { browser, base: served.base, place: served.place, page: (login, size) => signedIn(world, login, size), enter: (page, login) => enter(world, page, login) })
  })
  after(async () => {
    await browser?.close()
    await served?.end()
  })
  return world
}

async function answers(url, said) {
  for (let tries = 0; tries < START_SECONDS * 10; tries++) {
    if (await fetch(url).then((r) => r.ok, () => false)) return
    await pause(100)
  }
  throw new Error(`the program did not start: ${said()}`)
}
export const pause = (ms) => new Promise((done) => setTimeout(done, ms))

/** A browser of its own – nothing shared with other pages – with somebody signed in by the form. */
async function signedIn(world, login, size = DESK) {
  const phone = size.width < 600
  const context = await world.browser.newContext({
    baseURL: world.base, viewport: size, locale: 'zh-CN', timezoneId: 'Asia/Shanghai', hasTouch: phone, isMobile: phone,
    permissions: ['geolocation', 'clipboard-write'], geolocation: { latitude: 31.2, longitude: 121.5 },
  })
  context.setDefaultTimeout(12_000)
  const page = await context.newPage()
  world.pages.push(page)
  page.troubles = []
  page.on('pageerror', (error) => page.troubles.push(`${page.url()} threw ${error}`))
  page.on('console', (line) => line.type() === 'error' && page.troubles.push(`${page.url()} ${line.text()} ${line.location().url}`))
  if (login) await enter(world, page, login)
  return page
}
async function enter(world, page, login) {
  const field = page.viewportSize().width < 600
  if (!page.url().includes('/sign-in')) await page.goto(`${world.base}${field ? '/field/' : '/'}`)
  await page.fill('input[name=login]', login)
  await page.fill('input[name=password]', PASSWORD)
  await page.getByRole('button', { name: '登录', exact: true }).click()
  await page.waitForURL((url) => !url.pathname.includes('/sign-in'))
  // Being asked who one is before signing in is answered with 401, which browsers report.
  page.troubles.length = 0
}

/** Asks the API as the person of this page; for finding what a test needs, never for doing what it tests. */
export const ask = (page, path) => page.evaluate(async (at) => (await fetch(`/api/v1${at}`)).json(), path)
/** The telephone number of a customer in full, which is asked for with a reason. */
export const phoneOf = (page, customer) =>
  page.evaluate(async (id) => {
    const { csrf } = await (await fetch('/api/v1/session')).json()
    const answer = await fetch(`/api/v1/customers/${id}/unmask`, { method: 'POST', headers: { 'content-type': 'application/json', 'x-csrf-token': csrf, 'idempotency-key': crypto.randomUUID() }, body: '{"reason":"test"}' })
    return (await answer.json()).phones[0].number
  }, customer)
/** Somebody with one home of which the part is still under warranty. */
export async function customerUnderWarranty(page) {
  const today = new Date().toISOString().slice(0, 10)
  const { items } = await ask(page, '/homes')
  for (const home of items.filter((h) => h.people.length)) {
    const { id } = home.people[0].customer_id ? { id: home.people[0].customer_id } : home.people[0]
    const one = await ask(page, `/customers/${id}`)
    const part = one.homes?.length === 1 && one.homes[0].warranties.find((w) => w.until > today)?.part
    if (part && one.phones.length && !one.cases.some((c) => !c.closed)) return { ...one, part }
  }
  throw new Error('nobody in the demonstration has a home under warranty')
}
/** Until `look` gives something; returns it. */
export async function until(look, what, seconds = 15) {
  for (const end = performance.now() + seconds * 1000; performance.now() < end; ) {
    const found = await look()
    if (found) return found
    await pause(LOOK_MS)
  }
  throw new Error(`waited in vain for ${what}`)
}

/** Draws a signature on the canvas of `scope`. */
export async function sign(page, canvas) {
  await canvas.scrollIntoViewIfNeeded()
  const box = await canvas.boundingBox()
  await page.mouse.move(box.x + 40, box.y + box.height / 2)
  await page.mouse.down()
  for (let i = 1; i <= 12; i++) await page.mouse.move(box.x + 40 + i * 18, box.y + box.height / 2 + (i % 2 ? -25 : 25))
  await page.mouse.up()
}

/** A photo as a phone takes one. */
export const photo = (name = 'after.png') => ({ name, mimeType: 'image/png', buffer: Buffer.from(PNG, 'base64') })
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAEAAAABACAIAAAAlC+aJAAAAT0lEQVR42u3PQQkAAAgEsMtlNUNY2Qi+hcEKLDX9WgQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQELgvBoEEtuJLC0QAAAABJRU5ErkJggg=='

const SHOTS = join(import.meta.dirname, 'shots')
export const picture = (page, name) => join(SHOTS, `${name}.${page.viewportSize().width < 600 ? 'phone' : 'desk'}.png`)
/** Keeps a picture of the page, or of a part of it, for people to look at. */
export async function shoot(page, name, what = page) {
  mkdirSync(SHOTS, { recursive: true })
  await what.screenshot({ path: picture(page, name) })
}
