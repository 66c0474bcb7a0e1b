// What is counted and shown: who kept which promise.
import assert from 'node:assert/strict'
import { ask, company, shoot } from './support.mjs'

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
