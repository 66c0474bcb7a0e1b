// The register of calls and visits: every way in and every judgement, numbers without a gap, what an entry keeps, the way
// to its cases and back, asking again, and the story of who calls.
import assert from 'node:assert/strict'
import { ask, company, phoneOf, shoot, until } from './support.mjs'
import { choose, fill } from './ui.mjs'
import { workbook } from './sheet.mjs'

const world = company({ homes: 40, days: 4 })

/** Each way in with another judgement, so that nine entries show all of both. */
const WAYS = [['来电', '咨询'], ['来访', '投诉'], ['来函', '报修'], ['邮件', '建议'], ['在线', '求助'], ['意见箱', '表扬'], ['监控室', '有偿服务'], ['巡查', '费用'], ['其他', '其他']]
const LEADS_TO = { 咨询: '咨询', 投诉: '投诉', 报修: '报修' }

/** The form of the register, opened for a customer and a home, filled and sent; gives the number of the entry. */
async function register(page, { customer, home, channel, said, judged, values = {}, before }) {
  await page.goto(`${world.base}/${customer ? `?customer=${customer}&home=${home}` : home ? `?home=${home}` : ''}`)
  if (customer) await page.locator('.home.on').waitFor()
  if (channel) {
    await page.locator('.channel .n-base-selection').click()
    await page.locator('.n-base-select-option:visible').filter({ hasText: new RegExp(`^${channel}$`) }).click()
  }
  await page.getByPlaceholder('客户说了什么？').fill(said)
  for (const one of judged) await page.locator('.judgements').getByRole('button', { name: one }).click()
  for (const one of judged) await page.locator('.judged', { has: page.getByRole('heading', { name: one, exact: true }) }).locator('[data-field]').first().waitFor()
  for (const [one, fields] of Object.entries(values)) await fill(page.locator('.judged', { has: page.getByRole('heading', { name: one, exact: true }) }), fields)
  await before?.()
  await page.getByRole('button', { name: /^登记 / }).click()
  const made = page.getByRole('heading', { name: /已登记/ })
  await made.waitFor()
  return made.locator('a').innerText()
}
/** Somebody with one home and, if asked, without anything open. */
async function someone(page, fits = () => true) {
  const { items } = await ask(page, '/homes')
  for (const home of items.filter((h) => h.people.length)) {
    const one = await ask(page, `/customers/${home.people[0].customer_id}`)
    if (one.homes?.length === 1 && one.phones.length && fits(one)) return { ...one, home: one.homes[0].id }
  }
  throw new Error('the demonstration has nobody who fits')
}
const sequence = (number) => Number(number.split('-').at(-1))
const series = (number) => number.slice(0, number.lastIndexOf('-'))

// proves: INTAKE-1/b, INTAKE-2/b
world.test('every way in can be chosen, and every judgement', async () => {
  const page = await world.page('qiantai')
  const one = await someone(page)
  const numbers = []
  for (const [channel, judgement] of WAYS) {
    const values = judgement === '报修' ? { 报修: { part: one.homes[0].warranties[0].part } } : {}
    numbers.push(await register(page, { customer: one.id, home: one.home, channel, said: `${channel}的事，判断为${judgement}`, judged: [judgement], values }))
  }
  assert.equal(new Set(numbers).size, WAYS.length)
  await page.goto(`${world.base}/contacts`)
  for (const [n, [channel, judgement]] of WAYS.entries()) {
    const row = page.locator('tbody tr', { hasText: numbers[n] })
    await row.waitFor()
    const cells = await row.locator('td').allInnerTexts()
    assert.match(cells[0], new RegExp(`${channel}$`))
    assert.equal(cells[3].trim(), judgement)
    const entry = (await ask(page, '/contacts')).items.find((c) => c.number === numbers[n])
    assert.equal(entry.cases[0].kind_title, LEADS_TO[judgement] ?? '一般事项')
  }
  await shoot(page, 'register-ways')
  // And each can be looked up by its way in.
  await choose(page.locator('.filters'), '意见箱')
  await until(async () => {
    const ways = await page.locator('tbody tr td:first-child .faint').allInnerTexts()
    return ways.length && ways.every((way) => way === '意见箱')
  }, 'the suggestion box alone')
  assert.deepEqual(page.troubles, [])
})

// proves: INTAKE-1/e, INTAKE-1/f
world.test('an entry keeps who, where, what, by whom and when, what was done and what must follow – and then what followed', async () => {
  const page = await world.page('qiantai')
  const home = (await ask(page, '/homes')).items.find((h) => h.people.length)
  const number = await register(page, {
    home: home.id, channel: '来访', said: '楼下餐馆的油烟飘进厨房，晚饭时最重', judged: ['求助'],
    before: async () => {
      await page.getByPlaceholder('来电人姓名（未建档）').fill('常大姐')
      await page.getByPlaceholder('来电人电话').fill('13912345678')
      await page.getByRole('button', { name: '+ 当场处理、后续、补记时间' }).click()
      await page.getByPlaceholder('当场处理').fill('已联系餐馆今晚先停用旧风机')
      await page.getByPlaceholder('后续需要').fill('明天下午请巡查员复看')
    },
  })
  await page.getByRole('link', { name: number }).click()
  const entry = page.locator('main .card').first()
  for (const words of ['来访', '求助', '楼下餐馆的油烟飘进厨房，晚饭时最重', '常大姐', '5678', home.title, '已联系餐馆今晚先停用旧风机', '明天下午请巡查员复看', '林晓']) {
    await entry.getByText(words).first().waitFor()
  }
  const today = await page.evaluate(() => new Intl.DateTimeFormat('sv', { timeZone: 'Asia/Shanghai' }).format(Date.now()))
  assert.match(await entry.locator('.head').innerText(), new RegExp(`${today} \\d\\d:\\d\\d · 林晓`))

  // Later another writes down what followed, and then what the customer said.
  const chief = await world.page('zhuguan')
  await chief.goto(page.url())
  const keep = chief.getByRole('button', { name: '补记', exact: true })
  const box = chief.getByPlaceholder('后来怎样跟进？客户怎么说？')
  assert.ok(await keep.isDisabled(), 'an empty note is none')
  for (const words of ['巡查员下午去看过，餐馆换了净化器', '常大姐说今天没有味道了']) {
    await box.fill(words)
    await keep.click()
    await chief.locator('.given', { hasText: words }).waitFor()
  }
  await shoot(chief, 'register-followed')
  await page.reload()
  const given = page.locator('.given')
  await given.nth(1).waitFor()
  const [followed, answered] = await given.allInnerTexts()
  assert.match(followed, /巡查员下午去看过[^]*孙莉/)
  assert.match(answered, /常大姐说今天没有味道了[^]*孙莉/)
  assert.deepEqual([...page.troubles, ...chief.troubles], [])
})

// proves: INTAKE-1/h, INTAKE-1/i
world.test('one entry opens a complaint and a repair, and the way leads there and back', async () => {
  const page = await world.page('qiantai')
  const one = await someone(page)
  const said = '卫生间又漏水，上次修了没修好，要讨个说法'
  const number = await register(page, { customer: one.id, home: one.home, said, judged: ['报修', '投诉'], values: { 报修: { part: one.homes[0].warranties[0].part } } })
  await page.getByRole('link', { name: number }).click()
  await page.locator('main h1', { hasText: number }).waitFor()
  const opened = page.locator('.new .top a')
  await opened.nth(1).waitFor()
  const numbers = await opened.allInnerTexts()
  assert.deepEqual(numbers.map((n) => n.slice(0, 3)).sort(), ['BX-', 'TS-'])
  await shoot(page, 'register-two')
  for (const [n, of] of numbers.entries()) {
    await opened.nth(n).click()
    await page.locator('.crumbs', { hasText: of }).waitFor()
    await page.getByRole('link', { name: `来自登记 ${number}` }).click()
    await page.locator('main h1', { hasText: number }).waitFor()
    await opened.nth(1).waitFor()
  }
  await page.goto(`${world.base}/contacts`)
  const row = page.locator('tbody tr', { hasText: said })
  for (const of of numbers) await row.getByRole('link', { name: of }).waitFor()
  // One more can be opened from the entry afterwards.
  await row.getByRole('link', { name: number }).click()
  await page.getByText('另开：').locator('..').getByRole('button', { name: '建议' }).click()
  await page.locator('.judged [data-field=content]').waitFor()
  await page.getByRole('button', { name: '提交', exact: true }).click()
  await opened.nth(2).waitFor()
  assert.deepEqual(page.troubles, [])
})

// proves: INTAKE-4/a
world.test('what is answered on the line is done in the same step', async () => {
  const page = await world.page('qiantai')
  const one = await someone(page)
  await register(page, {
    customer: one.id, home: one.home, said: '装修押金什么时候退？', judged: ['咨询'],
    before: async () => {
      await page.locator('.at-once .n-checkbox').click()
      // Without the words it is no answer.
      await page.getByRole('button', { name: /^登记 / }).click()
      await page.getByText('请填写“答复”').waitFor()
      await page.locator('.at-once [data-field=answer] textarea').fill('验收合格满三个月，带收据来前台退')
    },
  })
  const made = page.locator('.new')
  await made.getByText('已答复').waitFor()
  await shoot(page, 'answered-at-once')
  const href = await made.locator('a').first().getAttribute('href')
  const case_ = await ask(page, href)
  assert.equal(case_.closed, true)
  assert.equal(case_.data.answer, '验收合格满三个月，带收据来前台退')
  assert.ok(case_.clocks.filter((run) => run.clock !== 'promise').every((run) => run.state === 'met'))
})

// proves: INTAKE-16/a, INTAKE-16/b, INTAKE-16/d
world.test('who asks again is shown what is open; it counts as a reminder and opens nothing', async () => {
  const page = await world.page('qiantai')
  const one = await someone(page, (c) => !c.cases.some((x) => !x.closed))
  await register(page, { customer: one.id, home: one.home, said: '请帮忙找一下被风吹走的被子', judged: ['求助'] })
  const link = await page.locator('.new a').first().getAttribute('href')
  const { number } = await ask(page, link)
  for (const n of [1, 2]) {
    await page.goto(`${world.base}/?customer=${one.id}&home=${one.home}`)
    await page.getByPlaceholder('客户说了什么？').fill('被子找到了吗？')
    const same = page.locator('.same', { hasText: '可能重复，已有在办事项' })
    await same.getByText(number).waitFor()
    if (n === 1) await shoot(page, 'duplicate')
    await same.getByRole('button', { name: '催办' }).click()
    await page.getByText(`已登记并催办 ${number}。`).waitFor()
    await page.goto(world.base + link)
    await page.locator('.title').getByText(`催办 ${n} 次`).waitFor()
  }
  await shoot(page, 'reminded')
  await page.goto(`${world.base}/cases?q=${number}`)
  await page.locator('tbody tr', { hasText: number }).getByText('催办 2 次').waitFor()
  const after = await ask(page, `/customers/${one.id}`)
  assert.deepEqual(after.cases.map((c) => c.number), [number], 'no second case')
  assert.equal(after.contacts.length - one.contacts.length, 3, 'each call is an entry')
  assert.ok(after.contacts.slice(0, 3).every((c) => c.cases.length === 1 && c.cases[0].number === number))
})

const CUSTOMERS = ['姓名', '电话', '其他电话', '类型', '证件号', '车牌', '项目编码', '楼栋', '单元', '房号', '关系', '特别关怀', '欠费']

// proves: INTAKE-3/c, INTAKE-3/d, INTAKE-3/f
world.test('the story of who calls: homes owned and rented, household, matters open and past, warranties, special care', async () => {
  const page = await world.page('qiantai')
  const one = await someone(page, (c) => c.cases.some((x) => x.closed) && !c.cases.some((x) => !x.closed))
  const [home] = one.homes
  const second = (await ask(page, '/homes')).items.find((h) => h.kind === 'home' && h.id !== home.id)
  // A second home, rented, and a member of the household come in with the list of customers.
  const manager = await world.page('jingli')
  const { code } = (await ask(manager, '/session')).sites[0]
  const at = (title) => /^(.+栋)(.+单元)?(.+)$/.exec(title).slice(1).map((part) => part ?? '')
  const row = (name, phone, title, relation, care) => [name, phone, '', '', '', '', code, ...at(title), relation, care, '']
  await manager.goto(`${world.base}/import?what=customers`)
  await manager.locator('input[type=file]').setInputFiles({
    name: '客户.xlsx', mimeType: 'application/octet-stream',
    buffer: workbook([CUSTOMERS, row(one.name, await phoneOf(page, one.id), second.title, '租户', ''), row('邓小雨', '13900001234', home.title, '家属', '')]),
  })
  await manager.getByRole('button', { name: '写入', exact: true }).click()
  await manager.getByText(/已导入 \d 行/).waitFor()
  await register(page, { customer: one.id, home: home.id, said: '想借一下推车搬东西', judged: ['求助'] })

  await page.goto(`${world.base}/?customer=${one.id}&home=${home.id}`)
  const story = page.locator('.left > .card').first()
  await story.getByRole('heading', { name: one.name }).waitFor()
  await story.locator('.phones').getByText(one.phones[0].number_masked).waitFor()
  await story.locator('.home', { hasText: home.title }).getByText('业主', { exact: true }).waitFor()
  await story.locator('.home', { hasText: second.title }).getByText('租户', { exact: true }).waitFor()
  await story.locator('.household a', { hasText: '邓小雨' }).getByText('家属').waitFor()
  await story.getByRole('button', { name: '修改' }).click()
  const edit = page.locator('.n-modal', { hasText: '修改客户资料' })
  await edit.locator('textarea').fill('老人听力不好，上门先打电话')
  await edit.getByRole('button', { name: '保存' }).click()
  await edit.waitFor({ state: 'detached' })
  await story.locator('.care', { hasText: '老人听力不好，上门先打电话' }).waitFor()
  // Each part with the day its warranty ends, whether it is over or not.
  const first = story.locator('.home.on')
  await first.getByRole('button', { name: /^保修：/ }).click()
  const shown = await first.locator('.warranties .tag').allInnerTexts()
  const today = new Date(Date.now() + 8 * 3600_000).toISOString().slice(0, 10)
  assert.deepEqual(shown.map((t) => t.trim()), home.warranties.map((w) => `${w.until >= today ? '✓' : '✕'} ${w.part} ${w.until}`))
  assert.ok(shown.length > 3)
  // What is open, what is past.
  await story.getByText('想借一下推车搬东西').first().waitFor()
  await shoot(page, 'story-whole')
  await story.locator('.n-tabs-tab', { hasText: '已办结' }).click()
  const past = one.cases.filter((c) => c.closed)
  for (const { number } of past) await story.getByRole('link', { name: number }).waitFor()
  await story.locator('.n-tabs-tab', { hasText: '来往' }).click()
  await story.getByText('想借一下推车搬东西').last().waitFor()
  // The member of the household has a story too.
  await story.locator('.household a', { hasText: '邓小雨' }).click()
  await page.getByRole('heading', { name: '邓小雨' }).waitFor()
  assert.deepEqual([...page.troubles, ...manager.troubles], [])
})

// proves: INTAKE-1/a
world.test('numbers follow one another without a gap, for each site and each year from one', async () => {
  const [here, there] = [await world.page('qiantai'), await world.page('qiantai3')]
  const sites = await Promise.all([here, there].map(async (page) => (await ask(page, '/session')).sites[0]))
  assert.notEqual(sites[0].id, sites[1].id)
  const numbers = []
  for (const n of [1, 2]) for (const page of [here, there]) numbers.push(await register(page, { said: `多放几张长椅，第 ${n} 次说`, judged: ['建议'] }))
  const [a, b, a2, b2] = numbers
  const year = Number(await here.evaluate(() => new Date().getFullYear()))
  assert.deepEqual([a, b].map(series), sites.map((site) => `LD-${site.code}-${year}`))
  assert.deepEqual([a2, b2].map(series), [a, b].map(series))
  assert.equal(sequence(a2), sequence(a) + 1, 'the other site between them takes none of its numbers')
  assert.equal(sequence(b2), sequence(b) + 1)
  // Without a gap since the year began.
  const all = []
  for (let cursor = ''; cursor !== null;) {
    const some = await ask(here, `/contacts${cursor && `?cursor=${cursor}`}`)
    all.push(...some.items.map((c) => sequence(c.number)))
    cursor = some.next ?? null
  }
  assert.deepEqual(all.sort((x, y) => x - y), all.map((_, n) => n + 1))
  // The next year begins with one.
  for (let days = Math.ceil((Date.UTC(year + 1, 0, 2) - Date.now()) / 86_400_000); days > 0; days -= 31) await forward(here, Math.min(days, 31) * 1440)
  assert.equal(await register(here, { said: '新年好，路灯再亮一点', judged: ['建议'] }), `LD-${sites[0].code}-${year + 1}-00001`)
})

/** Moves the clock of the demonstration on. */
const forward = (page, minutes) => page.evaluate(async (by) => {
  const { csrf } = await (await fetch('/api/v1/session')).json()
  const answer = await fetch('/api/v1/demo/clock', { method: 'POST', headers: { 'content-type': 'application/json', 'x-csrf-token': csrf, 'idempotency-key': crypto.randomUUID() }, body: JSON.stringify({ minutes: by }) })
  if (!answer.ok) throw new Error(await answer.text())
}, minutes)
