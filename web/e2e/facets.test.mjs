// What a case shows beside its form: the old beside the new, who has read it, how far those under it have come; and what
// comes round by the calendar; and the handbook, which is the manual that runs.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { allOf, day, perform, person, send, upload } from './deeds.mjs'
import { ask, company, PHONE, shoot, until } from './support.mjs'
import { fill } from './ui.mjs'

const world = company({ homes: 40, days: 2 })
const freeHome = async (page) => (await ask(page, '/homes')).items.find((home) => !home.delivered_on)

world.test('an amendment shows the old beside the new, to who writes and to who signs, and the story names it', async () => {
  const sales = await world.page('zhiye')
  const home = await freeHome(sales)
  const input = { unit: '3-101', buyers: [{ name: '王', share: 100 }], list_price: 100_000_000, price: 100_000_000, discount_authority: '没有优惠', pay_way: '一次性付款', deposit: 2_000_000, sign_on: day(10) }
  const sale = await send(sales, '/cases', { kind: 'subscription', site: home.site.id, home: home.id, data: input })
  const director = await world.page('zongjian')
  await perform(director, sale.id, 'refuse', { note: '请再核对' })
  const above = await perform(sales, sale.id, 'ask-change')
  const change = above.children.find((c) => c.kind === 'subscription-change')

  await sales.goto(`${world.base}/cases/${change.id}`)
  await sales.locator('.top').getByRole('button', { name: '改认购内容，报批', exact: true }).click()
  const form = sales.locator('.n-modal.action')
  await form.locator('[data-field=price] .before', { hasText: '1,000,000.00' }).waitFor()
  await fill(form, { reason: '总价优惠', price: '980000', discount_reason: '老业主', discount_authority: '销售经理' })
  await form.locator('[data-field=price] .before .tag', { hasText: '改' }).waitFor()
  await shoot(sales, 'amend-form')
  await form.locator('.n-card-header').first().click()
  await form.getByRole('button', { name: '改认购内容，报批', exact: true }).click()
  await form.waitFor({ state: 'detached' })

  await director.goto(`${world.base}/cases/${change.id}`)
  const row = director.locator('tr.changed', { hasText: '成交价' })
  await row.getByText('1,000,000.00').waitFor()
  await row.getByText('980,000.00').waitFor()
  assert.equal(await director.locator('tr.changed').count(), 3, 'only what changes is marked: the price, why, and by whose leave')
  await shoot(director, 'amend-case')
  await director.locator('.top').getByRole('button', { name: '同意', exact: true }).click()
  const signing = director.locator('.n-modal.action')
  await signing.locator('tr.changed', { hasText: '980,000.00' }).waitFor()
  await shoot(director, 'amend-sign')
  await signing.getByRole('button', { name: '同意', exact: true }).click()
  await signing.waitFor({ state: 'detached' })

  const phone = await world.page('zongjian', PHONE)
  await phone.goto(`${world.base}/field/cases/${change.id}`)
  await phone.locator('.amendments .new', { hasText: '980,000.00' }).waitFor()
  await shoot(phone, 'amend-case')

  await perform(await person(world, 'fuzong'), change.id, 'agree')
  await perform(await person(world, 'zongjingli'), change.id, 'agree')
  await sales.goto(`${world.base}/cases/${sale.id}`)
  const told = sales.locator('.timeline li', { hasText: '变更生效' })
  await told.getByRole('link', { name: change.number }).waitFor()
  await told.locator('s.was', { hasText: '1,000,000.00' }).waitFor()
  await shoot(sales, 'amend-parent')
})

world.test('what is sent round is read in one tap at the desk and on the phone, and the batch shows how far its homes are', async () => {
  const chief = await world.page('zhuguan')
  const homes = (await ask(chief, '/homes')).items.slice(0, 12)
  const paper = await upload(chief)
  const data = { name: '首批', day: day(5), accepted_no: '备-1', acceptance_files: [paper], agreement_files: [paper], homes: homes.map((h) => ({ room: h.id })) }
  const batch = await send(chief, '/cases', { kind: 'handover-batch', site: homes[0].site.id, data })
  await perform(chief, batch.id, 'prepare', { ready: await allOf(chief, batch.id, 'prepare', 'ready') })
  const posts = (await ask(chief, `/cases/${batch.id}`)).actions.find((one) => one.name === 'rehearsed').ask.find((field) => field.name === 'rehearsal_posts')
  await perform(chief, batch.id, 'rehearsed', { rehearsed_on: day(0), rehearsal_posts: posts.choices.map((one) => one.name ?? one) })
  const told = await perform(chief, batch.id, 'tell')
  assert.equal(told.under[0].total, 12)

  await chief.goto(`${world.base}/cases/${batch.id}`)
  await chief.locator('.under', { hasText: '0 / 12 件已结束' }).waitFor()
  await chief.getByText('已阅 0 / ').waitFor()
  await shoot(chief, 'batch')
  await chief.locator('.under').getByRole('link', { name: '在办 12' }).click()
  await chief.waitForURL(/parent=/)
  await until(async () => (await chief.locator('tbody tr').count()) === 12, 'the twelve under it')

  const money = await world.page('caiwu')
  await money.goto(`${world.base}/work`)
  await money.locator('.read', { hasText: batch.number }).waitFor()
  await shoot(money, 'to-read')
  await money.locator('.read').getByRole('button', { name: '已阅' }).click()
  await money.getByText(`${batch.number} 已阅`).waitFor()
  await money.locator('.read').waitFor({ state: 'detached' })

  const phone = await world.page('gongcheng', PHONE)
  await phone.goto(`${world.base}/field/`)
  const card = phone.locator('.card', { hasText: batch.number })
  await card.getByRole('button', { name: '已阅' }).waitFor()
  await shoot(phone, 'to-read')
  await card.getByRole('button', { name: '已阅' }).click()
  await card.waitFor({ state: 'detached' })
  // The phone puts the card away before the server has heard of it.
  await until(async () => (await ask(chief, `/cases/${batch.id}`)).circulation.filter((r) => r.read_at).length === 2, 'both have read it')
  await chief.goto(`${world.base}/cases/${batch.id}`)
  await chief.getByText('已阅 2 / ').waitFor()
  await shoot(chief, 'batch-read')
})

/** Publishes the manual with something changed in it. */
function publish(change) {
  const folder = mkdtempSync(join(tmpdir(), 'yizhan-manual-'))
  try {
    cpSync(join(import.meta.dirname, '../../manual'), folder, { recursive: true })
    change(folder)
    const published = spawnSync(process.env.YIZHAN_BIN, ['manual', 'publish', folder, ...world.place], { encoding: 'utf8' })
    assert.equal(published.status, 0, published.stderr + published.stdout)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const ROUND = `
title = "每日巡视"
source = []
number = "ZW-{site}-{yyyy}-{seq:3}"
heading = "what"
[field]
what = "内容"
[stage]
new = "waiting: 待办"
done = "good: 已办"
[action.finish]
title = "完成"
from = "new → done"
by = "manager"
[open]
`

world.test('what comes round by the calendar says when, for whom, and what was opened', async () => {
  const boss = await world.page('jingli')
  await boss.goto(`${world.base}/recurrences`)
  await boss.getByText('每周送来电来访报表').waitFor()
  await boss.getByText('送给客服中心主任、物业经理、客服主管').waitFor()
  await shoot(boss, 'rounds-reports')

  publish((folder) => {
    mkdirSync(join(folder, 'rounds/kinds'), { recursive: true })
    writeFileSync(join(folder, 'rounds/pack.toml'), 'title = "巡视"\norder = 99\n')
    writeFileSync(join(folder, 'rounds/kinds/round.toml'), ROUND)
    writeFileSync(join(folder, 'rounds/recurrences.toml'), '[[recurrence]]\nname = "daily"\ntitle = "每日巡视"\neach = "site"\nopen = "round"\nset = { what = "site.title" }\nevery = [{ days = 1 }]\nat = "12:00"\nstart = "2026-01-01"\n')
  })
  await until(async () => (await ask(boss, '/recurrences')).items.some((r) => r.name === 'daily'), 'the recurrence')
  await boss.goto(`${world.base}/recurrences`)
  await boss.getByText('每天 12:00').waitFor()
  // The demonstration's clock goes on by days.
  await until(async () => {
    await send(boss, '/demo/clock', { minutes: 1440 })
    return (await ask(boss, '/recurrences/rounds/daily')).runs.length > 0
  }, 'a run', 40)
  await boss.getByRole('link', { name: '每日巡视' }).click()
  await boss.getByText('将要到期').waitFor()
  await boss.getByRole('link', { name: /^ZW-/ }).first().waitFor()
  await shoot(boss, 'rounds')
})

// proves: REPAIR-3/d, KNOW-4/b
world.test('who approves what is one line of the manual: once it is changed, the handbook with its flow chart says so, and the next estimate goes to somebody else', async () => {
  const page = await world.page('zhuguan')
  const [here] = (await ask(page, '/session')).sites
  /** An estimate of 500 yuan for the property company; whom the page says it waits for. */
  const waitsFor = async (content) => {
    const { id } = await send(page, '/cases', { kind: 'repair', site: here.id, data: { content, part: '公共照明', place: '公共部位' } })
    await perform(page, id, 'to-property')
    await perform(page, id, 'submit-cost', { plan: '换灯具', estimate_items: [{ item: '灯具', price: 50_000 }], estimate: 50_000 })
    await page.goto(`${world.base}/cases/${id}`)
    const card = page.locator('section.card', { has: page.getByRole('heading', { name: '维修费用审批' }) })
    await card.waitFor()
    return card.innerText()
  }
  assert.match(await waitsFor('一号楼前路灯不亮'), /物业经理审批/)
  const chart = page.locator('svg[role=img][aria-label="流程"]')
  const chapter = async () => {
    await page.goto(`${world.base}/manual/repair`)
    await chart.waitFor()
    const bands = await page.locator('section', { has: page.getByRole('heading', { name: '维修费用审批' }) }).innerText()
    return { bands, boxes: await chart.locator('.box text').allTextContents(), lines: await chart.locator('.line').count() }
  }
  const before = await chapter()
  const { stages, flow } = await ask(page, '/kinds/repair')
  assert.deepEqual(before.boxes.slice().sort(), stages.map((one) => one.title).sort(), 'every stage stands in the chart')
  assert.ok(before.lines >= flow.nodes.length, 'and the ways between them')
  await shoot(page, 'handbook-flow')

  publish((folder) => {
    const file = join(folder, 'repair/kinds/repair.toml')
    const text = readFileSync(file, 'utf8')
    const changed = text.replace('{ up_to = 1000, title = "物业经理审批"', '{ up_to = 300, title = "物业经理审批"')
    assert.notEqual(changed, text)
    writeFileSync(file, changed)
  })
  const after = await until(async () => {
    const now = await chapter()
    return now.bands !== before.bands && now
  }, 'the new handbook')
  assert.match(after.bands, /物业公司.*300/)
  const now = await waitsFor('二号楼前路灯不亮')
  assert.match(now, /物业公司总经理批准/)
  assert.doesNotMatch(now, /物业经理审批/)

  const without = await page.evaluate(async () => {
    const ask = async (path) => (await fetch(`/api/v1${path}`)).json()
    const kinds = (await ask('/manual')).packs.flatMap((pack) => pack.kinds.map((kind) => kind.name))
    const flows = await Promise.all(kinds.map((kind) => ask(`/kinds/${kind}`)))
    return flows.filter((kind) => kind.flow.nodes.length < kind.stages.length).map((kind) => kind.name)
  })
  assert.deepEqual(without, [], 'kinds without a flow chart')
  assert.deepEqual(page.troubles, [])
})
