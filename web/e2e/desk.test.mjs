// What must not go wrong at the desk: two people at one case, an impatient finger, bad input, leaving, a small screen,
// and what a broken promise looks like.
import assert from 'node:assert/strict'
import { ask, company, PHONE, phoneOf, shoot, until } from './support.mjs'
import { act, fill, moment } from './ui.mjs'

const world = company({ homes: 80, days: 30 })

/** An open case on which this person is offered `action`. */
async function caseOffering(page, action, query = '') {
  const { items } = await ask(page, `/cases?state=open${query}`)
  for (const { id } of items) {
    const one = await ask(page, `/cases/${id}`)
    if (one.actions.some((offer) => offer.name === action)) return one
  }
  throw new Error(`no open case offers ${action}`)
}

world.test('two people at one case: the second is told what changed and keeps the words', async () => {
  const first = await world.page('qiantai')
  const second = await world.page('zhuguan')
  const one = await caseOffering(first, 'promise', '&kind=repair')
  for (const page of [first, second]) await page.goto(`${world.base}/cases/${one.id}`)
  await second.locator('.top').getByRole('button', { name: '答复客户', exact: true }).click()
  const form = second.locator('.n-modal.action')
  await fill(form, { answer: '师傅明早九点到' })
  // The live stream must not refresh the form's case first: this tests the refusal itself.
  await second.route('**/api/v1/cases/*', (route) => route.abort())
  await act(first.locator('.top'), '承诺答复时间', { next_answer_at: moment(3600_000) })
  await second.unroute('**/api/v1/cases/*')
  await form.getByRole('button', { name: '答复客户', exact: true }).click()
  await form.getByText('刚才有人改动了这件事项').waitFor()
  await form.getByText('承诺答复时间').waitFor()
  assert.equal(await form.locator('[data-field=answer] textarea').inputValue(), '师傅明早九点到')
  await shoot(second, 'stale')
  await form.getByRole('button', { name: '核对无误，再次提交' }).click()
  await form.waitFor({ state: 'detached' })
  await second.getByText('师傅明早九点到').first().waitFor()
  assert.deepEqual(first.troubles, [])
})

world.test('an impatient double click registers once', async () => {
  const page = await world.page('qiantai')
  const said = '小区门口路灯不亮，双击也只登记一次'
  await page.getByPlaceholder('客户说了什么？').fill(said)
  await page.locator('.judgements button', { hasText: '建议' }).click()
  await page.locator('.judged').waitFor()
  await page.getByRole('button', { name: /^登记 / }).dblclick()
  await page.getByRole('heading', { name: /已登记/ }).waitFor()
  const { items } = await ask(page, '/contacts')
  assert.equal(items.filter((c) => c.said === said).length, 1)
  assert.deepEqual(page.troubles, [])
})

world.test('bad input is answered with the sentence of the manual, and what was typed stays', async () => {
  const page = await world.page('qiantai')
  await page.getByRole('button', { name: /^登记 / }).click()
  await page.getByText('还有内容需要填写或修改').waitFor()
  await page.getByText('请至少选择一项判断').waitFor()

  const one = await caseOffering(page, 'promise', '&kind=repair')
  await page.goto(`${world.base}/cases/${one.id}`)
  await page.locator('.top').getByRole('button', { name: '承诺答复时间', exact: true }).click()
  const form = page.locator('.n-modal.action')
  const past = moment(-86_400_000)
  await fill(form, { next_answer_at: past })
  await form.getByRole('button', { name: '承诺答复时间', exact: true }).click()
  await form.getByText('下次答复时间要晚于现在').first().waitFor()
  assert.equal(await form.locator('[data-field=next_answer_at] input').inputValue(), past)
  await shoot(page, 'refused')

  const stranger = await world.page(null)
  await stranger.goto(`${world.base}/sign-in`)
  await stranger.fill('input[name=login]', 'qiantai')
  await stranger.fill('input[name=password]', 'wrong-password')
  await stranger.getByRole('button', { name: '登录', exact: true }).click()
  await stranger.getByRole('alert').waitFor()
  assert.match(await stranger.getByRole('alert').innerText(), /[账号密码].*。?/)
})

world.test('signing out ends the session, also for a page that is called back', async () => {
  const page = await world.page('qiantai')
  await page.goto(`${world.base}/cases`)
  await page.getByTitle('退出登录').click()
  await page.waitForURL('**/sign-in')
  await page.goBack()
  await page.locator('input[name=login]').waitFor()
  assert.equal((await page.evaluate(async () => (await fetch('/api/v1/cases')).status)), 401)
})

// proves: INTAKE-3/a
world.test('a customer is found by telephone, name, its first letters, room and plate', async () => {
  const page = await world.page('qiantai')
  const { items: homes } = await ask(page, '/homes')
  const home = homes.find((h) => h.people.length)
  const known = await Promise.all(homes.filter((h) => h.people.length).slice(0, 20).map((h) => ask(page, `/customers/${h.people[0].customer_id}`)))
  const driver = known.find((c) => c.plates?.length)
  const search = page.getByRole('combobox').first()
  const find = async (words, shown) => {
    await search.fill(words)
    await page.getByRole('option').filter({ hasText: shown }).first().waitFor()
  }
  await find(home.title, home.title)
  await find(driver.plates[0], driver.name)
  await search.press('Enter')
  await page.getByRole('heading', { name: driver.name }).waitFor()
  await page.keyboard.press('Escape')
  const { initials, name } = known.map((c) => ({ name: c.name, initials: lettersOf(c.name) })).find((c) => c.initials)
  await find(initials, name)
  await find(driver.name, driver.name)
  await find(await phoneOf(page, driver.id), driver.name)
  // A quick hand presses Enter before the answer is there.
  await search.fill(home.title)
  await search.press('Enter')
  await page.waitForURL(/[?&]home=/)
  await search.fill('zzqq')
  await search.press('Enter')
  await page.getByText('没有找到').waitFor()
  assert.deepEqual(page.troubles, [])
})

const LETTERS = { 李: 'l', 王: 'w', 张: 'z', 刘: 'l', 陈: 'c', 杨: 'y', 赵: 'z', 黄: 'h', 周: 'z', 吴: 'w', 何: 'h', 孙: 's', 朱: 'z', 高: 'g', 林: 'l', 郭: 'g', 范: 'f', 苏: 's', 沈: 's', 曹: 'c', 静: 'j', 伟: 'w', 敏: 'm', 军: 'j', 霞: 'x', 涛: 't', 磊: 'l', 杰: 'j', 娟: 'j', 艳: 'y', 勇: 'y', 洋: 'y', 明: 'm', 强: 'q' }
/** The first letters of a name of two characters that this small table has. */
const lettersOf = (name) => (name.length === 2 && LETTERS[name[0]] && LETTERS[name[1]] ? LETTERS[name[0]] + LETTERS[name[1]] : '')

/** A case that broke a promise: one that is late now, or else one that the board of clauses names. */
async function lateCase(page) {
  const { items } = await ask(page, '/cases?state=open&late=true')
  const late = items.find((c) => c.level > 0)
  if (late) return late
  for (const clause of (await ask(page, '/clauses')).items.filter((c) => c.broken)) {
    const { subjects: violators } = await ask(page, `/clauses/${clause.id}`)
    const found = violators.find((v) => v.case?.level > 0)
    if (found) return found.case
  }
  throw new Error('the demonstration has no case that was late')
}

world.test('a late case says so in words and shape, with its ladder and level', async () => {
  const page = await world.page('zhuguan')
  const late = await lateCase(page)
  await page.goto(`${world.base}/cases/${late.id}`)
  await page.locator('.top').getByText(`升级 ${late.level} 级`).waitFor()
  const run = page.locator('.run', { has: page.locator('.tag.late') }).first()
  await run.waitFor()
  assert.match(await run.innerText(), /▲\s*已超 |✕\s*超时完成/)
  assert.ok((await run.locator('li.fired').count()) > 0, 'steps of the ladder have fired')
  await shoot(page, 'late-case')
})

world.test('the desk on a phone: menu, search, a case, its actions', async () => {
  const page = await world.page('qiantai', PHONE)
  await page.goto(world.base)
  await page.getByRole('button', { name: '菜单' }).click()
  await page.locator('.side.open').getByRole('link', { name: '事项', exact: true }).click()
  await page.waitForURL(/\/cases(\?|$)/, { timeout: 30_000 })
  await until(() => page.locator('a[href^="/cases/"]').count(), 'cases in the list')
  await page.locator('a[href^="/cases/0"]').first().click()
  await page.locator('.top h1').waitFor()
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  assert.ok(wide <= 0, `the case page is ${wide} px too wide for a phone`)
  assert.deepEqual(page.troubles, [])
})
