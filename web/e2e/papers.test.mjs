// Papers: a customer signs in the register at the desk, and a case is printed to be signed and handed out.
import assert from 'node:assert/strict'
import { PHONE, ask, company, photo, shoot } from './support.mjs'

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
  await desk.getByPlaceholder('后来怎样跟进？客户怎么说？').fill('已经听明白了，周五来领')
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
  await paper.first().getByText(items[0].number).waitFor()
  // Sums stand in figures and in capitals (大写).
  for (const sum of await paper.first().locator('dl > div:not(.wide)', { hasText: /\d 元/ }).allInnerTexts()) {
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

/** Who sits at the desk at this hour: a pass is signed by whoever is on duty, from eight to eight the one by day. */
const atTheDesk = () => {
  const hour = (new Date().getUTCHours() + 8) % 24
  return hour >= 8 && hour < 20 ? 'qiantai' : 'qiantai2'
}

/** A pass whose owner was identified, issued with its code or not yet. */
const newPass = (page, issued) =>
  page.evaluate(async ([png, issued]) => {
    const get = async (path) => (await fetch(`/api/v1${path}`)).json()
    const { csrf } = await get('/session')
    const send = async (path, body, more = {}) => {
      const headers = { 'x-csrf-token': csrf, 'idempotency-key': crypto.randomUUID(), ...more }
      const json = !(body instanceof FormData)
      if (json) headers['content-type'] = 'application/json'
      const answer = await fetch(`/api/v1${path}`, { method: 'POST', headers, body: json ? JSON.stringify(body) : body })
      if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`)
      return answer.json()
    }
    const form = new FormData()
    form.append('file', new Blob([Uint8Array.from(atob(png), (c) => c.charCodeAt(0))], { type: 'image/png' }), 'sign.png')
    const signature = await send('/files', form)
    const [home] = (await get('/homes')).items
    const data = { summary: '旧沙发', goods: [{ name: '三人沙发', quantity: 1, note: '' }], carrier: '业主本人', plate: '沪A12345' }
    const { id } = await send('/cases', { kind: 'release-pass', site: home.site.id ?? home.site, home: home.id, data })
    const act = async (action, input) => send(`/cases/${id}/actions`, { action, input }, { 'if-match': `"${(await get(`/cases/${id}`)).seq}"` })
    const checked = await act('check-identity', { identity_checked: '核对身份证件' })
    if (!issued) return checked
    return act('issue', { clerk_signature: signature.id, stamped: ['放行章已盖'], valid_until: Date.now() + 7_200_000 })
  }, [photo().buffer.toString('base64'), issued])

// proves: GATE-1/h
world.test('a pass is printed as the manual has it, once for each who gets a copy, and the story tells it', async () => {
  const desk = await world.page(atTheDesk())
  const one = await newPass(desk, true)
  await desk.goto(`${world.base}/cases/${one.id}/print`)
  const sheets = desk.locator('.paper')
  await sheets.first().getByRole('heading', { name: '物品放行条' }).waitFor()
  assert.deepEqual(await sheets.locator('.copy').allInnerTexts(), ['门岗联', '存根联'])
  await sheets.first().locator('figure svg').waitFor()
  assert.match(await sheets.first().innerText(), /本放行条只能使用一次/)
  assert.match(await sheets.first().innerText(), new RegExp(one.data.goods[0].name))
  await shoot(desk, 'paper-pass')
  await desk.evaluate(() => (window.print = () => (window.printed = true)))
  await desk.getByRole('button', { name: '打印' }).click()
  await desk.waitForFunction(() => window.printed)
  const { timeline } = await ask(desk, `/cases/${one.id}`)
  assert.equal(timeline.at(-1).title, '打印物品放行条')
  assert.deepEqual(desk.troubles, [])
})

world.test('a paper that may not be printed yet says why', async () => {
  const desk = await world.page('qiantai')
  const one = await newPass(desk, false)
  assert.ok(one.papers[0].refusal)
  await desk.goto(`${world.base}/cases/${one.id}/print?paper=${one.papers[0].name}`)
  await desk.getByText(one.papers[0].refusal).waitFor()
  assert.equal(await desk.getByRole('button', { name: '打印' }).isDisabled(), true)
})
