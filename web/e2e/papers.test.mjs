// Papers: a customer signs in the register at the desk, and a case is printed to be signed and handed out.
import assert from 'node:assert/strict'
import { PHONE, ask, company, shoot } from './support.mjs'

const world = company()

/** Draws a few strokes as a finger does. */
async function draw(page, canvas) {
  await canvas.scrollIntoViewIfNeeded()
  const box = await canvas.boundingBox()
  for (const [from, to] of [[0.2, 0.5], [0.45, 0.75]]) {
    await page.mouse.move(box.x + box.width * from, box.y + box.height * 0.3)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * to, box.y + box.height * 0.7, { steps: 8 })
    await page.mouse.up()
  }
}

// proves: INTAKE-1/g
world.test('the customer signs in the register', async () => {
  const desk = await world.page('qiantai')
  const { items } = await ask(desk, '/contacts')
  await desk.goto(`${world.base}/contacts/${items[0].id}`)
  await desk.getByRole('button', { name: '请客户签名' }).click()
  const keep = desk.getByRole('button', { name: '保存意见和签名' })
  await desk.getByPlaceholder('客户后来怎么说？').fill('已经听明白了，周五来领')
  assert.equal(await keep.isDisabled(), true, 'nothing is kept before the customer has signed')
  await draw(desk, desk.locator('.sign canvas'))
  await desk.locator('.sign img').waitFor()
  await keep.click()
  const given = desk.locator('.given', { hasText: '周五来领' })
  await given.locator('img').waitFor()
  await shoot(desk, 'register-signed')
  const view = await ask(desk, `/contacts/${items[0].id}`)
  assert.equal(view.feedback.at(-1).words, '已经听明白了，周五来领')
  assert.ok(view.feedback.at(-1).signature)
  assert.deepEqual(desk.troubles, [])
})

world.test('a case is printed as a paper', async () => {
  const sales = await world.page('zhiye')
  // Whether a home was sold lately is chance; a matter of some kind there always is.
  const { items } = await ask(sales, '/cases?state=all')
  items.sort((a, b) => Number(b.kind === 'subscription') - Number(a.kind === 'subscription'))
  await sales.goto(`${world.base}/cases/${items[0].id}`)
  await sales.getByRole('link', { name: '打印' }).click()
  const paper = sales.locator('.paper')
  await paper.getByText(items[0].number).waitFor()
  // Sums stand in figures and in capitals (大写).
  for (const sum of await paper.locator('dl > div:not(.wide)', { hasText: /\d 元/ }).allInnerTexts()) {
    assert.match(sum, /\d 元（[零壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分]+整?）/)
  }
  await sales.emulateMedia({ media: 'print' })
  assert.equal(await sales.getByRole('button', { name: '打印' }).isVisible(), false)
  await shoot(sales, 'paper')
  await sales.emulateMedia({ media: 'screen' })
  await sales.setViewportSize(PHONE)
  const wide = await sales.evaluate(() => document.documentElement.scrollWidth)
  assert.ok(wide <= PHONE.width, `the paper fits a phone: ${wide}`)
})
