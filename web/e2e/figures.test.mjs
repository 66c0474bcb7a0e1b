// What is counted and shown: who kept which promise, and what lies behind a figure of the board.
import assert from 'node:assert/strict'
import { get, person, send } from './deeds.mjs'
import { ask, company, shoot, until } from './support.mjs'
import { choose } from './ui.mjs'

const world = company({ homes: 80, days: 30 })

// proves: INTAKE-6/d
world.test('promises kept and broken stand by department and by person', async () => {
  const page = await world.page('jingli')
  await page.goto(`${world.base}/clauses/C-06`)
  for (const [by, title] of [['department', '按部门'], ['person', '按人员']]) {
    await page.locator('.n-radio-button', { hasText: title }).click()
    await page.waitForURL(new RegExp(`by=${by}`))
    const { groups, clause } = await ask(page, `/clauses/C-06?by=${by}`)
    assert.ok(groups.length && groups.some((g) => g.title))
    assert.equal(groups.reduce((sum, g) => sum + g.total, 0), clause.total, 'nobody is left out')
    const table = page.locator('table.groups')
    await table.locator('thead', { hasText: title }).waitFor()
    await table.locator('tbody tr', { hasText: groups[0].title }).first().waitFor()
    const shown = await table.locator('tbody tr').evaluateAll((all) => all.map((row) => [...row.cells].slice(0, 3).map((cell) => cell.innerText.trim())))
    assert.deepEqual(shown, groups.map((g) => [g.title, String(g.total - g.broken), String(g.broken)]))
  }
  assert.deepEqual((await page.locator('table.groups th').allInnerTexts()).slice(0, 3), ['按人员', '守住', '违反'])
  // Kept and broken promises are listed one by one.
  const { clause } = await ask(page, '/clauses/C-06')
  await page.locator('.n-radio-button', { hasText: '守住' }).click()
  await page.locator('.violator').first().waitFor()
  assert.ok(clause.total - clause.broken > 0)
  await page.mouse.wheel(0, -20000)
  await shoot(page, 'promises-by-person')
  assert.deepEqual(page.troubles, [])
})

// proves: QUALITY-9/a, QUALITY-9/b, QUALITY-9/c
world.test('the board has each clause with figure, threshold, trend and who broke it, by site, department and period, down to the case', async () => {
  // Nobody answers within the hour.
  const chief = await person(world, 'zhuguan')
  const [site] = (await get(chief, '/session')).sites
  const { id, number } = await send(chief, '/cases', { kind: 'matter', site: site.id, data: { sort: '求助', content: '请帮忙抬一下轮椅' } })
  await send(chief, '/demo/clock', { minutes: 120 })
  const page = await world.page('zhuren')
  const broken = async (query = '') => (await ask(page, `/clauses/C-02?show=broken${query}`)).subjects.some((one) => one.case?.id === id)
  await until(broken, 'the broken promise', 40)

  await page.goto(`${world.base}/clauses`)
  const rows = page.locator('table.fold tbody tr')
  const { clauses } = await ask(page, '/manual')
  await rows.nth(clauses.length - 1).waitFor()
  const board = (query) => ask(page, `/clauses?months=12${query}`).then(({ items }) => items)
  /** What stands on the board: clause, threshold, figure, how many broken of how many. */
  const shown = () => rows.evaluateAll((all) => all.map((row) => [row.cells[0].innerText.trim(), row.cells[2].innerText.trim(), row.cells[3].innerText.trim(), row.cells[6].innerText.replace(/\s/g, ''), row.cells[5].querySelectorAll('svg path').length]))
  const stands = async (query) => {
    const now = await board(query)
    await until(async () => JSON.stringify((await shown()).map(([name, , , count]) => [name, count])) === JSON.stringify(now.map((c) => [c.id, `${c.broken}/${c.total}`])), `the figures of ${query}`)
    return now
  }
  const all = await stands('')
  assert.deepEqual(all.map((c) => c.id).sort(), clauses.map((c) => c.id).sort(), 'every clause is measured')
  for (const [name, threshold, figure, , trend] of await shown()) assert.ok(threshold && figure && trend, `${name} has its threshold, figure and trend`)
  await shoot(page, 'board')

  const filters = page.locator('.filters .n-base-selection')
  await choose(page.locator('.filters .pick').nth(0), site.name)
  await page.waitForURL(/site=/)
  const here = await stands(`&site=${site.id}`)
  const of = (list) => list.find((c) => c.id === 'C-02')
  const others = await Promise.all((await ask(page, '/session')).sites.filter((one) => one.id !== site.id).map((one) => board(`&site=${one.id}`)))
  assert.equal(of(here).total + others.reduce((sum, one) => sum + of(one).total, 0), of(all).total, 'the sites together are the company')
  await choose(page.locator('.filters .pick').nth(1), '客户服务部')
  await page.waitForURL(/department=/)
  await stands(`&site=${site.id}&department=${encodeURIComponent('客户服务部')}`)
  assert.equal(await filters.count(), 3)

  // From the figure to what lies behind it.
  await rows.filter({ has: page.getByRole('link', { name: 'C-02', exact: true }) }).locator('td').nth(6).click()
  await page.waitForURL(/clauses\/C-02/)
  const { clause } = await ask(page, `/clauses/C-02?site=${site.id}`)
  const month = clause.periods.findIndex((one) => one.broken)
  await page.locator('.cols [role=img] canvas').first().waitFor()
  const chart = await page.locator('.cols [role=img]').first().boundingBox()
  const at = { x: chart.x + 44 + ((chart.width - 60) * (month + 0.5)) / clause.periods.length, y: chart.y + 16 + (1 - clause.periods[month].value / 100) * (chart.height - 42) }
  await until(async () => {
    await page.mouse.click(at.x, at.y)
    return page.url().includes('period=')
  }, `the period of ${JSON.stringify(at)}`)
  assert.ok(page.url().includes(`period=${clause.periods[month].period}`))
  const violator = page.locator('.violator', { hasText: number })
  await violator.locator('.why .late').waitFor()
  assert.equal(await page.locator('.violator').count(), Math.min((await ask(page, `/clauses/C-02?show=broken&site=${site.id}&period=${clause.periods[month].period}`)).clause.broken, 50))
  await shoot(page, 'board-behind')
  await violator.getByRole('link', { name: number }).click()
  await page.waitForURL(`**/cases/${id}`)
  await page.getByRole('heading', { name: '请帮忙抬一下轮椅' }).waitFor()
  assert.deepEqual(page.troubles, [])
})
