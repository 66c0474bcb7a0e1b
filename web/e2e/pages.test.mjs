// Every main page of the desk, on a large screen and on a phone: it draws, says nothing on the console, fits its width.
// The pictures are kept in e2e/shots for people to look at.
import assert from 'node:assert/strict'
import { copyFileSync } from 'node:fs'
import { ask, company, DESK, PHONE, picture, shoot } from './support.mjs'

const world = company({ homes: 80, days: 30 })

async function addresses(page) {
  const late = (await ask(page, '/cases?state=open&late=true')).items[0] ?? (await ask(page, '/cases')).items[0]
  const contact = (await ask(page, '/contacts')).items[0]
  const home = (await ask(page, '/homes')).items.find((h) => h.people.length)
  return {
    desk: '/', work: '/work', cases: '/cases', case: `/cases/${late.id}`, 'case-new': '/cases/new', dispatch: '/dispatch', 'follow-ups': '/follow-ups',
    contacts: '/contacts', contact: `/contacts/${contact.id}`, events: '/events', clauses: '/clauses', clause: '/clauses/C-11', manual: '/manual', kind: '/manual/repair',
    estate: '/estate', home: `/homes/${home.id}`, staff: '/staff', duty: '/duty', import: '/import',
    reports: '/reports', report: '/reports/complaints', account: '/account', system: '/system',
  }
}

for (const [name, size] of [['a large screen', DESK], ['a phone', PHONE]]) {
  world.test(`every page on ${name}`, async () => {
    // Nobody holds every right: the manager sees most, the administrator the rest, and the desk has work of its own.
    const manager = await world.page('jingli', DESK)
    const admin = await world.page('admin', DESK)
    const clerk = await world.page('qiantai', DESK)
    const keeper = await world.page('guanjia', DESK)
    const paths = await addresses(manager)
    await Promise.all([manager, admin, clerk, keeper].map((page) => page.setViewportSize(size)))
    const wide = []
    for (const [what, path] of Object.entries(paths)) {
      const page = ['staff', 'import', 'estate', 'system'].includes(what) ? admin : ['desk', 'follow-ups', 'dispatch'].includes(what) ? clerk : what === 'work' ? keeper : manager
      await page.goto(world.base + path)
      await page.locator('main h1, main h2, main .card').first().waitFor()
      await settled(page)
      await shoot(page, what)
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      if (over > 0) wide.push(`${what}: ${over} px too wide`)
    }
    assert.deepEqual([...[manager, admin, clerk, keeper].flatMap((page) => page.troubles), ...wide], [])
  })
}

world.test('the picture of the README', async () => {
  const page = await world.page('qiantai')
  const { items } = await ask(page, '/cases?state=open')
  const known = await Promise.all(items.filter((c) => c.customer && c.home).map(async (c) => ({ home: c.home.id, ...(await ask(page, `/customers/${c.customer.id}`)) })))
  // Whoever has most to tell, first of all a repair under way: the caller asks about it.
  const tale = (c) => c.contacts.length + c.cases.length + 20 * c.cases.some((x) => !x.closed && x.kind === 'repair') + 10 * !!c.care_note
  const [one] = known.sort((a, b) => tale(b) - tale(a))
  await page.goto(`${world.base}/?customer=${one.id}&home=${one.home}`)
  await page.locator('.home.on').waitFor()
  await page.getByPlaceholder('客户说了什么？').fill('昨天报的修，今天什么时候能来？')
  await page.locator('.judgements button', { hasText: '咨询' }).click()
  await settled(page)
  await shoot(page, 'story')
  if (process.env.YIZHAN_PICTURE) copyFileSync(picture(page, 'story'), process.env.YIZHAN_PICTURE)
})

/** Nothing is being asked and nothing turns any more. The live stream never ends, so that it cannot be waited for. */
async function settled(page) {
  await page.waitForTimeout(350)
  await page.locator('.n-spin-body, .van-loading').first().waitFor({ state: 'detached' })
  await page.waitForTimeout(150)
}
