// What owners do and see on their own page, and what of it reaches the desk.
import assert from 'node:assert/strict'
import { allOf, day, get, perform, person, send } from './deeds.mjs'
import { ask, company, PHONE, shoot } from './support.mjs'
import { act, choose, press } from './ui.mjs'

const world = company({ homes: 40, days: 4 })

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
  await perform(await person(world, 'banzhang'), desk.url().split('/').pop(), 'accept-pass')
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
  await perform(await person(world, 'caiwu'), id, 'collect-taxes', { taxes: [{ item: '契税', amount: 1_200_000, receipt: 'Q-01' }] })
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

// proves: PAID-1/d
world.test('an owner reads the prices and the terms of what they apply for, before they agree', async () => {
  const lead = await person(world, 'zhuguan')
  const { site_id } = (await get(lead, '/homes')).items.map((one) => ({ site_id: one.site.id }))[0]
  const prices = [{ from: day(-30), to: day(300), price: 8_000 }]
  await send(lead, '/cases', { kind: 'service-item', site: site_id, data: { service: '日常保洁', unit: '小时', duration: 2, note: '厨房、卫生间、地面；不含擦外窗', prices, call_out: 2_000 } })
  await send(lead, '/cases', { kind: 'club', site: site_id, data: { name: '安居会', benefits: '生日礼、优先报名', merchants: '某超市九五折', per_point: 1_000, silver_at: 100, gold_at: 300, gifts: [{ gift: '雨伞', points: 50 }] } })
  const owner = await world.page(null, PHONE)
  const { owner: { url: link } } = await (await fetch(`${world.base}/api/v1/session/demo`)).json()
  await owner.goto(world.base + link)
  const tiles = owner.locator('.reports')
  await tiles.first().waitFor()
  // What one tells comes in the manual's order; what one applies for stands apart, under words that say what is done.
  assert.deepEqual((await tiles.first().locator('a').allInnerTexts()).slice(0, 3).map((words) => words.trim()), ['报修', '咨询', '投诉'])
  await shoot(owner, 'owner-tiles')
  await tiles.last().getByRole('link', { name: '预约有偿服务', exact: true }).click()
  const form = owner.locator('.van-popup .form')
  const service = form.locator('[data-field=service]')
  const chooseService = async (words) => {
    await service.getByRole('button').first().click()
    await owner.locator('.van-popup:visible').getByText(words, { exact: true }).last().click()
  }
  if (await service.getByText('日常保洁', { exact: true }).count()) await service.getByText('日常保洁', { exact: true }).click()
  else await chooseService('日常保洁')
  const beside = service.locator('.beside')
  for (const words of ['小时', '80.00 元', '20.00 元', '不含擦外窗']) await beside.getByText(words).first().waitFor()
  await shoot(owner, 'owner-prices')
  await owner.goBack()
  await owner.goto(world.base + link)
  await owner.locator('.reports').last().getByRole('link', { name: '加入客户会', exact: true }).click()
  const club = owner.locator('.van-popup .form [data-field=club]')
  await club.getByRole('button').first().click()
  await owner.locator('.find .one', { hasText: '某超市九五折' }).click()
  for (const words of ['生日礼、优先报名', '雨伞']) await club.locator('.beside').getByText(words).first().waitFor()
  await shoot(owner, 'owner-club')
  assert.deepEqual(owner.troubles, [])
})
