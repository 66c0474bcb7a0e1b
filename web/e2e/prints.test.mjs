// The papers of the manual as they come out of the printer: what stands on them, who gets a copy, who signs.
import assert from 'node:assert/strict'
import { allOf, attempt, day, get, perform, person, send, upload } from './deeds.mjs'
import { ask, company, shoot } from './support.mjs'

const world = company({ homes: 40, days: 1 })

/** Opens the paper of a case, prints it, and gives its first sheet's words. */
async function printed(page, id, title, { copies = [], signs }) {
  await page.goto(`${world.base}/cases/${id}/print`)
  const sheets = page.locator('.paper')
  await sheets.first().getByRole('heading', { name: title, exact: true }).waitFor()
  assert.deepEqual(await sheets.locator('.copy').allInnerTexts(), copies)
  const { number } = await ask(page, `/cases/${id}`)
  const first = sheets.first()
  await first.getByText(number).waitFor()
  assert.deepEqual((await first.locator('.lines span').allInnerTexts()).map((line) => line.trim()), signs)
  await page.evaluate(() => {
    window.printed = 0
    window.print = () => window.printed++
  })
  await page.getByRole('button', { name: '打印' }).click()
  await page.waitForFunction(() => window.printed === 1)
  await shoot(page, `paper-${title}`)
  // What goes to the printer is the paper and nothing else, one sheet for each copy.
  await page.emulateMedia({ media: 'print' })
  for (const [what, shown] of [['.side', false], ['button', false], ['.paper', true]]) assert.equal(await page.locator(what).first().isVisible(), shown, what)
  const breaks = await sheets.evaluateAll((all) => all.map((one) => getComputedStyle(one).breakBefore))
  assert.deepEqual(breaks, breaks.map((_, n) => (n ? 'page' : 'auto')), 'each copy on a sheet of its own')
  await page.emulateMedia({ media: 'screen' })
  return first.innerText()
}
const holds = (text, words) => assert.deepEqual(words.filter((one) => !text.includes(one)), [], text)

/** All the choices of a field that an action asks. */
function every(one, action, name) {
  const field = one.actions.find((offer) => offer.name === action).ask.find((asked) => asked.name === name)
  return field.choices ?? field.checklist.items
}

// proves: SALES-1/e, SALES-2/k, SALES-4/g, SALES-5/b, SALES-12/b
world.test('subscription, appointment to sign and supplement are printed, with names, and sums in figures and capitals', async () => {
  const sales = await person(world, 'zhiye')
  const [manager, director, chief, clerk, money, seal, general, deputy] = await Promise.all(['xiaoshou', 'zongjian', 'zhuguan2', 'qiantai3', 'caiwu', 'hetong', 'zongjingli', 'fuzong'].map((login) => person(world, login)))
  const sold = (await get(sales, '/cases?kind=subscription&state=all')).items.map((one) => one.home?.id)
  const home = (await get(sales, '/homes')).items.find((one) => one.kind === 'home' && !one.delivered_on && !sold.includes(one.id))
  const data = {
    unit: home.title, buyers: [{ name: '温如玉', share: 60 }, { name: '石坚', share: 40 }], list_price: 123_450_067, price: 123_450_067, discount_authority: '没有优惠', pay_way: '一次性付款', deposit: 5_000_000, sign_on: day(10),
  }
  // Six sell it at the same moment: one does.
  const rivals = await Promise.all(Array.from({ length: 6 }, (_, n) => attempt(n % 2 ? sales : manager, 'POST', '/cases', { data: { kind: 'subscription', site: home.site.id, home: home.id, data } })))
  assert.deepEqual(rivals.map((one) => one.status()).sort(), [201, 409, 409, 409, 409, 409])
  const { id, number } = await rivals.find((one) => one.ok()).json()
  for (const other of rivals.filter((one) => !one.ok())) assert.match((await other.json()).detail, new RegExp(`已被别的客户认购.*${number}`))
  assert.deepEqual((await get(sales, '/cases?kind=subscription&state=all')).items.filter((one) => one.home?.id === home.id).map((one) => one.id), [id])

  await perform(director, id, 'agree')
  await perform(chief, id, 'agree', { checks: every(await get(chief, `/cases/${id}`), 'agree', 'checks') })
  await perform(money, id, 'deposit-confirmed', { deposit_received: 5_000_000, receipt_no: 'SJ-31' })
  await perform(seal, id, 'seal', { contract_no: 'RG-31', sealed_copies: 3 })
  const page = await world.page('xiaoshou')
  const subscription = await printed(page, id, '商品房认购书', { copies: ['认购人', '销售部', '财务部'], signs: ['认购人', '置业顾问', '销售经理', '出卖人（盖章）'] })
  holds(subscription, ['RG-31', home.title, '温如玉', '石坚', '60', '40', '1,234,500.67 元（壹佰贰拾叁万肆仟伍佰元陆角柒分）', '50,000.00 元（伍万元整）', 'SJ-31', `认购人应于${day(10)}前`])

  await perform(sales, id, 'papers-received', { papers: ['身份证明'] })
  const signing = (await perform(chief, id, 'arrange')).children.find((one) => one.kind === 'signing').id
  await perform(chief, signing, 'prepare', { prepared: every(await get(chief, `/cases/${signing}`), 'prepare', 'prepared'), bring: ['认购书', '身份证件', '首付款'] })
  const appointment = await printed(page, signing, '签约预约单', { copies: ['客户', '销售部'], signs: ['客户签收', '置业顾问'] })
  holds(appointment, [`请您于${day(10)}到客户服务部签订${home.title}的买卖合同`, '请带齐', '认购书', '身份证件', '首付款', '委托书'])

  // Signed, then changed: the supplement is on paper before the change is in force, and has what was agreed once signed.
  await send(chief, '/cases', { kind: 'contract-stock', site: home.site.id, data: { template: '住宅范本', sets: 30 } })
  await perform(sales, signing, 'draw', { template: '住宅范本', draw_sets: 1, drawer_signature: await upload(sales) })
  await perform(clerk, signing, 'check', { checked: await allOf(clerk, signing, 'check', 'checked') })
  const signed = async () => ({ buyer_signature: await upload(clerk), seller_signature: await upload(clerk) })
  await perform(clerk, signing, 'sign', { contract_no: 'HT-31', ...(await signed()) })
  await perform(money, signing, 'collect', { fees: [{ item: '首付款', amount: 123_450_067, receipt: 'SJ-32' }] })
  await perform(clerk, signing, 'finish', { handed: every(await get(clerk, `/cases/${signing}`), 'finish', 'handed') })
  const change = (await perform(sales, id, 'ask-contract-change')).children.find((one) => one.kind === 'contract-change').id
  await perform(sales, change, 'submit', { reason: '加名', buyers: [{ name: '温如玉', share: 50 }, { name: '石坚', share: 25 }, { name: '石小玉', share: 25 }] })
  for (const signer of [director, deputy, general]) await perform(signer, change, 'agree')
  assert.equal((await get(sales, `/cases/${id}`)).data.buyers.length, 2, 'not before the supplement is signed')
  const text = '买受人增加石小玉，份额百分之二十五'
  await perform(clerk, change, 'agree-signed', { agreement_no: 'BC-31', agreement_text: text, ...(await signed()) })
  assert.equal((await get(sales, `/cases/${id}`)).data.buyers.length, 3)
  const agreement = await printed(page, change, '买卖合同补充协议', { copies: ['买受人', '出卖人', '备案'], signs: ['买受人', '出卖人（盖章）'] })
  holds(agreement, ['BC-31', `变更：${text}`, '石小玉', '1,234,500.67 元（壹佰贰拾叁万肆仟伍佰元陆角柒分）'])
  assert.equal(await page.locator('.paper').first().locator('.signed img').count(), 2, 'both have signed')
  assert.deepEqual(page.troubles, [])
})
