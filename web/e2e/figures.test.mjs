// What is counted and shown: the report of complaints against the cases themselves, the week of the register, and who
// kept which promise.
import assert from 'node:assert/strict'
import { ask, company, shoot, until } from './support.mjs'

const world = company({ homes: 80, days: 30 })

/** What leads up to the thing that is tested, by the API. */
const send = (page, path, body, seq) =>
  page.evaluate(async ([at, content, version]) => {
    const { csrf } = await (await fetch('/api/v1/session')).json()
    const headers = { 'content-type': 'application/json', 'x-csrf-token': csrf, 'idempotency-key': crypto.randomUUID(), ...(version ? { 'if-match': `"${version}"` } : {}) }
    const answer = await fetch(`/api/v1${at}`, { method: 'POST', headers, body: JSON.stringify(content) })
    if (!answer.ok) throw new Error(`${at}: ${await answer.text()}`)
    return answer.json()
  }, [path, body, seq])
const perform = async (page, id, action, input = {}) => send(page, `/cases/${id}/actions`, { action, input }, (await ask(page, `/cases/${id}`)).seq)
/** Everything of a paged list. */
async function whole(page, path) {
  const all = []
  for (let cursor = ''; cursor !== null;) {
    const some = await ask(page, `${path}${cursor && `&cursor=${cursor}`}`)
    all.push(...some.items)
    cursor = some.next ?? null
  }
  return all
}
/** The rows of a part of a report as they stand on the page: first cell → the others. */
async function rows(page, title) {
  const part = page.locator('.part', { has: page.getByRole('heading', { name: title, exact: true }) })
  await part.waitFor()
  const cells = await part.locator('tbody tr').evaluateAll((all) => all.map((row) => [...row.cells].map((cell) => cell.innerText.trim())))
  return Object.fromEntries(cells.map(([first, ...others]) => [first, others]))
}
const figureOf = async (page, title) => {
  const figure = page.locator('.figure', { has: page.getByText(title, { exact: true }) })
  return { value: await figure.locator('b').innerText(), share: (await figure.locator('.faint').innerText()).trim() }
}
/** How often each value occurs. */
const tally = (all, of) => all.reduce((sum, one) => ({ ...sum, [of(one) ?? '未填写']: (sum[of(one) ?? '未填写'] ?? 0) + 1 }), {})
const counts = (table) => Object.fromEntries(Object.entries(table).map(([title, [count]]) => [title, Number(count)]))
const hours = (spans) => spans.reduce((sum, one) => sum + one, 0) / spans.length / 3600_000
const percent = (part, all) => `${Math.round((part / all) * 1000) / 10}%`

// proves: COMPLAINT-9/a, COMPLAINT-9/b, COMPLAINT-9/c, COMPLAINT-9/d
world.test('the month of complaints is what its cases are', async () => {
  const desk = await world.page('qiantai')
  const chief = await world.page('zhuguan')
  const home = (await ask(desk, '/homes')).items.find((h) => h.people.length)
  // The same matter twice, put down to a contractor.
  const said = '外墙渗水，墙皮又鼓起来了'
  const complain = async () => (await send(desk, '/contacts', { site: home.site.id, channel: 'call', customer: home.people[0].customer_id, home: home.id, said, judgements: [{ judgement: 'complaint', data: { content: said, sphere: '工程质量' } }] })).cases[0].id
  const [first, second] = [await complain(), await complain()]
  await perform(desk, second, 'repeat-of', { case: (await ask(desk, `/cases/${first}`)).number, why: '同一面墙' })
  for (const id of [first, second]) {
    await perform(chief, id, 'judge', { valid: '有效', valid_reason: '现场看过，确有渗水', sphere: '工程质量', severity: '一般', fault: '我方责任', cause: '施工质量' })
    await perform(chief, id, 'find-responsibility', { blame_department: '施工单位', blame_contractor: '防水施工队', blame_note: '接缝没有打胶' })
  }

  const page = await world.page('jingli')
  await page.goto(`${world.base}/reports/complaints`)
  await page.locator('.part').first().waitFor()
  const report = await ask(page, '/reports/complaints')
  const inMonth = (c) => new Date(c.opened_at + 8 * 3600_000).toISOString().slice(0, 7) === report.first.slice(0, 7)
  const listed = (await whole(page, '/cases?kind=complaint&state=all')).filter(inMonth)
  const all = await Promise.all(listed.map((c) => ask(page, `/cases/${c.id}`)))
  assert.ok(all.length > 5)
  assert.equal((await figureOf(page, '受理')).value, String(all.length))

  const building = (c) => c.home && /^.+?栋/.exec(c.home.title)?.[0]
  assert.deepEqual(counts(await rows(page, '责任范围')), tally(all, (c) => c.data.sphere))
  assert.deepEqual(counts(await rows(page, '原因')), tally(all, (c) => c.data.cause))
  assert.deepEqual(counts(await rows(page, '各项目')), tally(all, (c) => c.site.name))
  assert.deepEqual(counts(await rows(page, '楼栋')), tally(all, building))
  assert.deepEqual(counts(await rows(page, '责任单位')), { 防水施工队: 2 })
  // Pareto: the most frequent first, the shares added up to the whole, drawn beside the table.
  const causes = Object.entries(await rows(page, '原因')).filter(([title]) => title !== '未填写')
  assert.deepEqual(causes.map(([, [n]]) => Number(n)), causes.map(([, [n]]) => Number(n)).sort((a, b) => b - a))
  assert.equal(Object.values(await rows(page, '原因')).at(-1)[2], '100%')
  const drawn = (title) => page.locator('.part', { has: page.getByRole('heading', { name: title, exact: true }) }).locator('[role=img] canvas')
  for (const title of ['原因', '责任范围', '楼栋', '责任单位', '走势']) {
    await drawn(title).scrollIntoViewIfNeeded()
    const ink = await until(() => drawn(title).evaluate((canvas) => new Set(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data).size > 8), `the chart of ${title}`)
    assert.ok(ink)
    if (title === '原因') await shoot(page, 'report-pareto')
  }
  const months = await rows(page, '走势')
  assert.equal(Object.keys(months).length, 12)
  assert.equal(Number(months[report.first.slice(0, 7)][0]), all.length)
  // Times, from the clocks of the cases; who withdrew was not answered.
  const run = (c, clock) => c.clocks.filter((r) => r.clock === clock && r.ended_at && !(c.stage === 'withdrawn' && c.closed_at === r.ended_at)).map((r) => r.ended_at - c.opened_at).sort((a, b) => a - b)[0]
  const close = (shown, spans) => assert.ok(Math.abs(Number(shown) - hours(spans)) <= 0.051, `${shown} is not ${hours(spans)}`)
  close((await figureOf(page, '平均首次答复（小时）')).value, all.map((c) => run(c, 'first-answer')).filter((t) => t != null))
  close((await figureOf(page, '平均处理完（小时）')).value, all.map((c) => run(c, 'settle')).filter((t) => t != null))
  // Repeats and satisfaction, as figures and as shares.
  assert.deepEqual(await figureOf(page, '二次投诉'), { value: '1', share: percent(1, all.length) })
  const asked = all.filter((c) => c.data.satisfaction)
  const happy = asked.filter((c) => !c.data.satisfaction.includes('不满意'))
  assert.ok(asked.length > 2)
  assert.deepEqual(await figureOf(page, '回访满意'), { value: String(happy.length), share: percent(happy.length, asked.length) })
  assert.deepEqual(counts(await rows(page, '回访评价')), tally(asked, (c) => c.data.satisfaction))
  await page.mouse.wheel(0, -20000)
  await shoot(page, 'report-month')
  assert.deepEqual(page.troubles, [])
})

// proves: INTAKE-14/b
world.test('the week of the register counts what came in and what is settled', async () => {
  const page = await world.page('jingli')
  await page.goto(`${world.base}/reports/intake?every=week`)
  await page.locator('.part').first().waitFor()
  // The week before this one is over.
  await page.getByRole('button', { name: '上一期' }).click()
  await page.waitForURL(/on=/)
  const on = new URL(page.url()).searchParams.get('on')
  const report = await ask(page, `/reports/intake?every=week&on=${on}`)
  await page.locator('.bar b', { hasText: report.period }).waitFor()
  const day = (at) => new Date(at + 8 * 3600_000).toISOString().slice(0, 10)
  const entries = (await whole(page, '/contacts?')).filter((c) => day(c.happened_at) >= report.first && day(c.happened_at) <= report.last)
  assert.ok(entries.length > 5)
  const settled = entries.filter((c) => c.settled).length
  await until(async () => (await figureOf(page, '登记')).value === String(entries.length), 'the entries')
  assert.equal((await figureOf(page, '已办结')).value, String(settled))
  const sites = await rows(page, '各项目')
  const [mine] = (await ask(page, '/session')).sites
  assert.deepEqual([sites[mine.name][0], sites[mine.name][2]], [String(entries.length), String(settled)])
  await shoot(page, 'report-week')
  // Each figure leads to its entries.
  await page.locator('button.figure', { hasText: '已办结' }).click()
  await page.locator('.n-drawer').getByText(`已办结：${settled} 条`).waitFor()
  assert.deepEqual(page.troubles, [])
})

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
