// The register of calls and visits: what an entry keeps, what is answered on the line, and asking again.
import assert from 'node:assert/strict'
import { ask, company, shoot } from './support.mjs'
import { fill } from './ui.mjs'

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
