// What owners do and see on their own page, and what of it reaches the desk.
import assert from 'node:assert/strict'
import { day, perform, send } from './deeds.mjs'
import { ask, company, PHONE, shoot, until } from './support.mjs'
import { act, choose, press } from './ui.mjs'

const world = company({ homes: 40, days: 4 })

/** Everything on a checklist of an offered action in its first state. */
async function allOf(page, id, action, field) {
  const offer = (await ask(page, `/cases/${id}`)).actions.find((one) => one.name === action)
  const list = offer.ask.find((one) => one.name === field)
  const state = list.columns.find((column) => column.name === 'state').choices[0]
  return (list.places ?? list.checklist.items).map(({ item }) => ({ item, state }))
}

// proves: INTAKE-1/d, INTAKE-9/c, TITLE-1/f
world.test('what an owner says is an entry of the register; who takes it over and how far the title has come they see themselves', async () => {
  const owner = await world.page(null, PHONE)
  const { owner: { url: link } } = await (await fetch(`${world.base}/api/v1/session/demo`)).json()
  await owner.goto(world.base + link)
  await owner.locator('.reports').getByRole('link', { name: '建议', exact: true }).click()
  const form = owner.locator('.van-popup .form')
  await form.locator('[data-field=sort]').getByText('建议', { exact: true }).click()
  await form.locator('[data-field=content] textarea').fill('希望在北门加一盏路灯')
  await form.locator('footer').getByRole('button', { name: '建议', exact: true }).click()
  await owner.waitForURL(/\/o\/\w+\/\w+/)
  const number = await owner.locator('.matter .num').first().innerText()

  const desk = await world.page('zhuguan')
  const seen = await owner.evaluate(async (token) => (await fetch('/api/v1/owner', { headers: { 'x-owner-token': token } })).json(), link.split('/').pop())
  await desk.goto(`${world.base}/contacts`)
  const entry = desk.locator('tbody tr', { hasText: '希望在北门加一盏路灯' })
  await entry.getByText('业主自助').waitFor()
  await entry.getByText(seen.customer).waitFor()
  await entry.getByText(seen.home).waitFor()
  assert.match(await entry.locator('td').first().innerText(), /^LD-\w+-\d{4}-\d+/)
  await entry.getByRole('link', { name: number }).click()

  // Passed on without the customer knowing: it says so, and the owner's page says nothing of it.
  const top = desk.locator('.top')
  await press(top, '转办')
  const passing = desk.locator('.n-modal.action')
  await choose(passing.locator('[data-field=to]'), '赵强')
  await passing.locator('[data-field=reason] textarea').fill('路灯归维修班')
  await choose(passing.locator('[data-field=told]'), '尚未告知')
  await passing.getByRole('button', { name: '转办', exact: true }).click()
  await passing.waitFor({ state: 'detached' })
  const untold = top.locator('.title').getByText('未告知客户')
  await untold.waitFor()
  await owner.reload()
  await owner.locator('.step').first().waitFor()
  assert.equal(await owner.getByText('专人接手').count(), 0)
  const lead = await world.page('banzhang')
  await perform(lead, desk.url().split('/').pop(), 'accept-pass')
  await owner.reload()
  await owner.locator('.step', { hasText: '您的事项已由专人接手办理' }).waitFor()
  await desk.reload()
  await untold.waitFor()
  await act(top, '告知客户已转办', { how: '电话' })
  await untold.waitFor({ state: 'detached' })
  await desk.locator('.timeline li', { hasText: '电话' }).filter({ hasText: '告知' }).getByText('孙莉').waitFor()
  await shoot(owner, 'owner-passed')

  // The title is worked on; the owner sees how far it has come.
  const { items } = await ask(desk, '/homes')
  const home = items.find((one) => one.title === seen.home && one.people.some((person) => person.name === seen.customer))
  const customer = home.people.find((person) => person.name === seen.customer).customer_id
  const { id } = await send(desk, '/cases', { kind: 'property-title', site: home.site.id, home: home.id, customer, data: { unit: home.title, contract_no: 'HT-2201', due_on: day(300) } })
  await perform(desk, id, 'chase', { missing_note: '契税完税凭证' })
  await owner.goto(world.base + link)
  await owner.locator('.card', { hasText: '您的产权证' }).click()
  const flow = owner.locator('.matter ol li')
  const here = async (title) => assert.match(await owner.locator('.matter ol li[aria-current=step]').innerText(), new RegExp(title))
  await flow.first().waitFor()
  await here('请交齐资料和税费')
  await owner.locator('.matter').getByText('契税完税凭证', { exact: true }).waitFor()
  await perform(desk, id, 'collect-owner', { owner_papers: await allOf(desk, id, 'collect-owner', 'owner_papers') })
  await perform(desk, id, 'collect-company', { company_papers: await allOf(desk, id, 'collect-company', 'company_papers') })
  await perform(await world.page('caiwu'), id, 'collect-taxes', { taxes: [{ item: '契税', amount: 1_200_000, receipt: 'Q-01' }] })
  await perform(desk, id, 'complete')
  await perform(desk, id, 'submit', { submitted_on: day(0), accepted_no: '受2201', ready_on: day(20) })
  await owner.reload()
  await flow.first().waitFor()
  await here('已报送登记部门')
  for (const words of ['受2201', day(20)]) await owner.locator('.matter dd').getByText(words).waitFor()
  await owner.locator('.step', { hasText: `受理号受2201，预计${day(20)}领证` }).waitFor()
  await shoot(owner, 'owner-title')
  assert.deepEqual([...owner.troubles, ...desk.troubles], [])
})
