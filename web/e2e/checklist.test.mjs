// A home inspected room by room on a phone, also without signal; what failed goes out as orders to mend, and the desk
// sees what was found and what was left out.
import assert from 'node:assert/strict'
import { ask, company, PHONE, photo, shoot, until } from './support.mjs'
import { tap } from './ui.mjs'

const world = company()
const TIGHT = '闭水试验不渗'

/** The row of an item under its room. */
const line = (sheet, room, item) => sheet.locator('[data-field=looked] section', { has: sheet.page().getByRole('heading', { name: room }) }).locator('.line', { hasText: item })
const answer = (sheet, room, item, state) => line(sheet, room, item).getByRole('radio', { name: state, exact: true }).click()

// proves: HAND-2/b
world.test('room by room, without signal, and what failed is mended', async () => {
  const desk = await world.page('xiangmu')
  const here = (await ask(desk, '/session')).sites[0].id
  const home = (await ask(desk, '/homes')).items.find((h) => h.kind === 'home' && h.site.id === here)
  await desk.goto(`${world.base}/cases/new?kind=home-inspection`)
  await desk.locator('[data-field=batch] input').fill('一期')
  // Homes of two sites are called the same.
  const picker = desk.locator('label', { hasText: '房屋' }).locator('.n-base-selection')
  await picker.click()
  await picker.locator('input').fill(home.title)
  await desk.locator('.n-base-select-option:visible', { hasText: home.site.name }).filter({ hasText: home.title }).first().click()
  await desk.locator('form .end button').click()
  await desk.waitForURL(/\/cases\/[^n]/)
  const id = desk.url().split('/').pop()

  const phone = await world.page('xiangmu', PHONE)
  await phone.goto(`${world.base}/field/cases/${id}`)
  await phone.locator('.bar').getByRole('button').first().waitFor()
  await shoot(phone, 'inspection')
  await phone.context().setOffline(true)
  await tap(phone, '先存下', async (sheet) => {
    for (const room of ['厨房', '卫生间']) await sheet.locator('[data-field=rooms]').getByRole('checkbox', { name: room }).click()
    await until(async () => (await sheet.locator('[data-field=looked] .line').count()) === 14, 'the items of two rooms')
    await answer(sheet, '厨房', '门窗开关顺', '合格')
    await answer(sheet, '卫生间', TIGHT, '不合格')
    await line(sheet, '卫生间', TIGHT).locator('textarea').fill('墙角渗水')
    await line(sheet, '卫生间', TIGHT).locator('input[type=file]').last().setInputFiles(photo())
    await line(sheet, '卫生间', TIGHT).locator('img').waitFor()
    await shoot(phone, 'inspection-half')
  })
  await phone.context().setOffline(false)
  const looked = () => ask(desk, `/cases/${id}`).then((c) => c.data.looked ?? [])
  const failed = await until(async () => (await looked()).find((row) => row.item === TIGHT && row.state === '不合格'), 'what was found without signal', 60)
  assert.equal(failed.note, '墙角渗水')
  assert.equal(failed.photo.length, 1)
  assert.equal((await looked()).length, 14, 'what was left out is there as well')

  // The desk goes on from the same rows.
  await desk.reload()
  await desk.getByRole('button', { name: '先存下', exact: true }).click()
  await desk.locator('.n-modal.action').getByText('2/14').waitFor()
  await shoot(desk, 'inspection-form')
  await desk.locator('.n-modal.action').getByRole('button', { name: '取消' }).click()

  // The form goes on from what was stored; what is missing keeps it from being sent.
  await phone.reload()
  await phone.locator('.facts').getByText('2/14').waitFor()
  await shoot(phone, 'inspection-seen')
  await tap(phone, '有不合格，逐项开整改', async (sheet) => {
    await sheet.locator('[data-field=builder] input').fill('某施工队')
    await sheet.locator('footer').getByRole('button', { name: '有不合格，逐项开整改' }).click()
    await sheet.getByText('还有 10 项没有填').waitFor()
    for (const room of ['厨房', '卫生间']) {
      const lines = sheet.locator('[data-field=looked] section', { has: phone.getByRole('heading', { name: room }) }).locator('.line.missing')
      while (await lines.count()) await lines.first().getByRole('radio', { name: '合格', exact: true }).click()
    }
    await answer(sheet, '厨房', '燃气管道', '不合格')
    await sheet.locator('.standing').scrollIntoViewIfNeeded()
    await shoot(phone, 'inspection-whole')
    await line(sheet, '厨房', '燃气管道').locator('textarea').fill('阀门拧不紧')
    await sheet.locator('[data-field=rectify_by]').getByRole('button').first().click()
    // The day, then the hour.
    await phone.locator('.van-picker__confirm:visible').click()
    await phone.locator('.van-picker__confirm:visible').click()
    await phone.locator('.van-picker:visible').first().waitFor({ state: 'hidden' })
  })
  await until(async () => (await ask(desk, `/cases/${id}`)).children.length === 2, 'an order for each failure')

  await desk.goto(`${world.base}/cases/${id}`)
  await desk.getByText('不合格 2').waitFor()
  await shoot(desk, 'inspection')
  await desk.goto(`${world.base}/cases/${id}/print`)
  await desk.getByText('阀门拧不紧').waitFor()
  await shoot(desk, 'inspection-print')
  await desk.goto(`${world.base}/cases?kind=home-inspection`)
  await desk.getByText('12/14项，不合格2项').waitFor()
})
