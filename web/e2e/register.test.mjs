// The register of calls and visits: how it comes in and is numbered, what an entry keeps and opens, what is answered on the
// line, asking again, and who calls.
import assert from 'node:assert/strict'
import { day } from './deeds.mjs'
import { ask, company, shoot } from './support.mjs'
import { act, choose, fill, moment, press } from './ui.mjs'

const world = company({ homes: 40, days: 4 })

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
    await same.locator('li, .row, > *').filter({ hasText: number }).getByRole('button', { name: '催办' }).first().click()
    await page.getByText(`已登记并催办 ${number}。`).waitFor()
    await page.goto(world.base + link)
    await page.locator('.title').getByText(`催办 ${n} 次`).waitFor()
  }
  await shoot(page, 'reminded')
  await page.goto(`${world.base}/cases?q=${number}`)
  await page.locator('tbody tr', { hasText: number }).getByText('催办 2 次').waitFor()
  const after = await ask(page, `/customers/${one.id}`)
  const before = one.cases.map((c) => c.number)
  const opened = after.cases.map((c) => c.number).filter((n) => !before.includes(n))
  assert.deepEqual(opened, [number], 'no second case')
  assert.equal(after.contacts.length - one.contacts.length, 3, 'each call is an entry')
  assert.ok(after.contacts.slice(0, 3).every((c) => c.cases.length === 1 && c.cases[0].number === number))
})

const WAYS = ['来电', '来访', '来函', '邮件', '在线', '意见箱', '监控室', '巡查', '其他']
const CATEGORIES = ['报修', '咨询', '投诉', '建议', '求助', '表扬', '有偿服务', '费用', '其他']

// proves: INTAKE-1/a, INTAKE-1/b, REPAIR-1/d
world.test('whatever way it comes in, it gets the next number of its site and year, and a repair can follow', async () => {
  const page = await world.page('qiantai')
  const here = (await ask(page, '/session')).sites[0]
  await page.goto(world.base)
  await page.locator('.channel .n-base-selection').click()
  const offered = await page.locator('.n-base-select-option:visible').allInnerTexts()
  assert.deepEqual(WAYS.filter((way) => !offered.includes(way)), [], 'ways that cannot be chosen')
  await page.keyboard.press('Escape')
  let last = 0
  for (const [n, way] of offered.entries()) {
    await page.locator('.channel .n-base-selection').click()
    await page.locator('.n-base-select-option:visible').filter({ hasText: new RegExp(`^${way}$`) }).click()
    await page.getByPlaceholder('客户说了什么？').fill(`${way}说：地下车库照明不亮`)
    await page.locator('.judgements').getByRole('button', { name: '报修' }).click()
    await page.locator('.judged [data-field=part]').waitFor()
    await page.getByRole('button', { name: /^登记 / }).click()
    const made = page.getByRole('heading', { name: /已登记/ }).locator('a')
    const [, code, year, seq] = /^LD-(\w+)-(\d{4})-(\d+)$/.exec(await made.innerText())
    assert.equal(code, here.code)
    assert.equal(year, day(0).slice(0, 4))
    if (n) assert.equal(Number(seq), last + 1, `${way} has the number after the one before`)
    last = Number(seq)
    await page.locator('.new a', { hasText: `BX-${code}-${year}-` }).waitFor()
    await page.getByRole('button', { name: /^完成，下一位/ }).click()
  }
  await page.goto(`${world.base}/contacts`)
  for (const way of offered) await page.locator('tbody tr', { hasText: `${way}说：` }).locator('td').first().getByText(way, { exact: true }).waitFor()
  await shoot(page, 'register-ways')
  // Another site counts for itself.
  const elsewhere = await world.page('qiantai3')
  const [before] = (await ask(elsewhere, '/contacts')).items
  const number = await register(elsewhere, { said: '电梯厅地砖松动', judged: ['报修'] })
  assert.equal(Number(number.split('-').pop()), before ? Number(before.number.split('-').pop()) + 1 : 1)
  assert.notEqual(number.split('-')[1], here.code)
  assert.deepEqual(page.troubles, [])
})

// proves: INTAKE-1/h, INTAKE-1/i, INTAKE-2/b
world.test('one entry opens a case for each judgement, leads to all of them, and each leads back', async () => {
  const page = await world.page('qiantai')
  await page.goto(world.base)
  const buttons = page.locator('.judgements button')
  await buttons.nth(CATEGORIES.length - 1).waitFor()
  assert.deepEqual((await buttons.allInnerTexts()).map((words) => words.replace(/^\d\s*/, '')), CATEGORIES)
  const number = await register(page, { said: '楼上装修砸坏了我家水管，物业没人管', judged: CATEGORIES })
  await page.getByRole('link', { name: number }).click()
  const entry = page.locator('main .card').first()
  for (const one of CATEGORIES) await entry.locator('.head').getByText(one, { exact: true }).waitFor()
  const opened = page.locator('.new')
  assert.equal(await opened.count(), CATEGORIES.length)
  for (const sort of ['投诉', '报修']) {
    const link = opened.filter({ has: page.locator('.top', { hasText: sort }) }).locator('a').first()
    const of = await link.innerText()
    await link.click()
    await page.locator('.top').getByText(of).waitFor()
    await page.locator('.top').getByRole('link', { name: number }).click()
    await entry.getByRole('heading', { name: number }).waitFor()
  }
  assert.deepEqual(page.troubles, [])
})

// proves: INTAKE-2/e, COMPLAINT-4/b, COMPLAINT-6/b
world.test('a complaint is judged with a reason, who told the customer what and when stands there, and a repeat is tied to the first', async () => {
  const page = await world.page('zhuguan')
  const ids = []
  for (const said of ['保洁三天没有来拖楼道', '楼道还是没有人拖，第二次说了']) {
    await register(page, { said, judged: ['投诉'] })
    ids.push((await page.locator('.new a').first().getAttribute('href')).split('/').pop())
  }
  const [first, second] = ids
  const top = page.locator('.top')
  await page.goto(`${world.base}/cases/${first}`)
  await press(top, '判断有效与责任')
  const form = page.locator('.n-modal.action')
  await fill(form, { valid: '无效', sphere: '物业服务', severity: '一般', fault: '非我方责任' })
  const send = form.getByRole('button', { name: '判断有效与责任', exact: true })
  await send.click()
  await form.locator('[data-field=valid_reason]').getByText('请填写').waitFor()
  assert.equal((await ask(page, `/cases/${first}`)).data.valid, undefined, 'without a reason it is not judged')
  await fill(form, { valid: '有效', valid_reason: '查了清洁记录，三天没有签到' })
  await send.click()
  await form.waitFor({ state: 'detached' })
  const values = page.locator('.values')
  await values.getByText('有效', { exact: true }).waitFor()
  await values.getByText('查了清洁记录，三天没有签到').waitFor()

  await act(top, '答复客户', { answer: '保洁今晚六点前拖完', told_how: '电话', next_answer_at: moment(3 * 3600_000) })
  const told = page.locator('.timeline li', { hasText: '保洁今晚六点前拖完' }).filter({ hasText: '答复客户' })
  await told.getByText('孙莉').waitFor()
  await told.getByText('电话').waitFor()
  assert.match(await told.locator('time').getAttribute('title'), new RegExp(`^${day(0)} \\d\\d:\\d\\d`))

  const numberOf = async (id) => (await ask(page, `/cases/${id}`)).number
  await page.goto(`${world.base}/cases/${second}`)
  await act(top, '标为重复', { case: await numberOf(first), why: '同一条楼道，同一件事' })
  const links = page.locator('section.card', { has: page.getByRole('heading', { name: '关联', exact: false }) })
  await links.getByRole('link', { name: await numberOf(first) }).click()
  await page.waitForURL(`**/${first}`)
  await links.getByRole('link', { name: await numberOf(second) }).waitFor()
  await links.getByText('同一条楼道，同一件事').waitFor()
  await shoot(page, 'repeat-linked')
  assert.deepEqual(page.troubles, [])
})

// proves: INTAKE-3/c, INTAKE-3/d, INTAKE-3/f
world.test('who calls is seen whole: homes owned and rented, household, open and past cases, warranties, and what to mind', async () => {
  const page = await world.page('qiantai')
  const { items } = await ask(page, '/homes')
  const [own, rented] = items.filter((h) => h.kind === 'home' && h.delivered_on && !h.delivered_on.endsWith('02-29'))
  /** Puts somebody on record from the page of a home; the same name and number is the same person. */
  const enter = async (home, name, phone, relation, note) => {
    await page.goto(`${world.base}/?home=${home.id}`)
    await page.locator('.people').getByRole('button', { name: '新建客户' }).click()
    const form = page.locator('.n-modal')
    await form.getByLabel('姓名').fill(name)
    await form.getByLabel('电话').fill(phone)
    if (relation !== '业主') await choose(form.locator('label', { hasText: '关系' }), relation)
    if (note) await form.getByLabel('关怀提示').fill(note)
    await form.getByRole('button', { name: '保存' }).click()
    await form.waitFor({ state: 'detached' })
    await page.getByRole('heading', { name, exact: true }).waitFor()
    return new URL(page.url()).searchParams.get('customer')
  }
  await enter(own, '万小宝', '13700007102', '家属')
  const id = await enter(own, '万老师', '13700007101', '业主', '听力不好，请说慢些')
  assert.equal(await enter(rented, '万老师', '13700007101', '租户'), id)
  await register(page, { customer: id, home: own.id, said: '请帮忙留意走失的猫', judged: ['求助'] })
  await register(page, {
    customer: id, home: own.id, said: '游泳池几点开', judged: ['咨询'],
    before: async () => {
      await page.locator('.at-once .n-checkbox').click()
      await page.locator('.at-once [data-field=answer] textarea').fill('早上七点')
    },
  })

  await page.goto(`${world.base}/?customer=${id}&home=${own.id}`)
  const story = page.locator('.left')
  await story.locator('.care', { hasText: '听力不好，请说慢些' }).waitFor()
  const homes = story.locator('.home')
  assert.equal(await homes.count(), 2)
  await homes.filter({ hasText: own.title }).locator('button .tag', { hasText: '业主' }).waitFor()
  await homes.filter({ hasText: rented.title }).locator('button .tag', { hasText: '租户' }).waitFor()
  await homes.filter({ hasText: own.title }).locator('.household').getByRole('link', { name: '万小宝' }).waitFor()
  await story.getByText('请帮忙留意走失的猫').waitFor()
  await story.getByText('已办结 1').click()
  await story.getByText('游泳池几点开').waitFor()

  const { tables: { warranty } } = await ask(page, '/manual')
  await homes.filter({ hasText: own.title }).getByRole('button', { name: /^保修/ }).click()
  const shown = await story.locator('.warranties .tag').allInnerTexts()
  const until = (term) => `${Number(own.delivered_on.slice(0, 4)) + Number(term.replace('y', ''))}${own.delivered_on.slice(4)}`
  assert.deepEqual(shown.map((words) => words.split(/\s+/).slice(1).join(' ')).sort(), Object.entries(warranty.rows).map(([part, term]) => `${part} ${until(term)}`).sort())
  for (const words of shown) assert.equal(words.startsWith('✓'), words.slice(-10) >= day(0), words)
  await shoot(page, 'story-whole')
  assert.deepEqual(page.troubles, [])
})
