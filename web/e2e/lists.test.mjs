// Lists with views, columns, Excel and bulk actions; a report with its drill-down; a card dragged on the dispatch board.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { ask, company, customerUnderWarranty, DESK, PHONE, shoot, until } from './support.mjs'
import { act, fill } from './ui.mjs'

const world = company({ homes: 80, days: 14 })

/** The file is asked for with a reason (SAFE-4). */
async function exportWithReason(page) {
  await page.getByRole('button', { name: '导出 Excel' }).click()
  const dialog = page.locator('.n-modal')
  await dialog.locator('input').fill('月度投诉分析')
  await dialog.getByRole('button', { name: '导出 Excel' }).click()
}

// proves: QUALITY-4/b
world.test('a list with chosen columns becomes a view and an Excel file', async () => {
  const page = await world.page('jingli')
  await page.goto(`${world.base}/cases?kind=complaint&state=all`)
  await page.locator('tbody tr').first().waitFor()
  await page.getByRole('button', { name: '列', exact: true }).click()
  await page.locator('.chooser .n-checkbox', { hasText: '原因' }).first().click()
  await page.locator('thead th', { hasText: '原因' }).waitFor()
  await page.keyboard.press('Escape')
  await page.locator('h1').click()
  await page.getByRole('button', { name: '视图', exact: true }).click()
  await page.getByPlaceholder('视图名称').fill('投诉原因')
  await page.locator('.views').getByRole('button', { name: '保存', exact: true }).click()
  await page.locator('.views li', { hasText: '投诉原因' }).waitFor()
  await page.goto(`${world.base}/cases`)
  await page.getByRole('button', { name: '视图', exact: true }).click()
  await page.locator('.views li button', { hasText: '投诉原因' }).first().click()
  await page.locator('thead th', { hasText: '原因' }).waitFor()
  assert.match(page.url(), /kind=complaint/)
  await shoot(page, 'list-columns')
  const [file] = await Promise.all([page.waitForEvent('download'), exportWithReason(page)])
  assert.equal(file.suggestedFilename(), '投诉.xlsx')
  const bytes = readFileSync(await file.path())
  assert.ok(bytes.length > 1000 && bytes.subarray(0, 2).toString() === 'PK', 'a workbook')
  assert.deepEqual(page.troubles, [])
})

world.test('one action for several cases', async () => {
  const page = await world.page('qiantai')
  await page.goto(`${world.base}/cases`)
  const boxes = page.locator('tbody .n-checkbox')
  await boxes.nth(1).waitFor()
  await boxes.nth(0).click()
  await boxes.nth(1).click()
  const bar = page.locator('.bulk')
  await bar.getByText('已选 2 件').waitFor()
  await bar.getByRole('button', { name: '更多' }).click()
  await page.locator('.n-dropdown-option', { hasText: '备注' }).first().click()
  const form = page.locator('.n-modal.action')
  await form.locator('textarea').first().fill('已统一答复')
  await shoot(page, 'bulk')
  await form.locator('.n-card__footer .n-button--primary-type').click()
  await page.getByText(/已完成 2 件/).first().waitFor()
})

for (const [name, size] of [['a large screen', DESK], ['a phone', PHONE]]) {
  world.test(`reports on ${name}`, async () => {
    const page = await world.page('jingli', DESK)
    await page.setViewportSize(size)
    for (const report of ['complaints', 'intake?every=month', 'analysis', 'ledger?kind=complaint']) {
      await page.goto(`${world.base}/reports/${report}`)
      await page.locator('.part').first().waitFor()
      await page.waitForTimeout(700)
      await shoot(page, `report-${report.split('?')[0]}`)
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      assert.ok(over <= 0, `${report} is ${over} px too wide`)
    }
    assert.deepEqual(page.troubles, [])
  })
}

world.test('a figure leads to the cases it counts', async () => {
  const page = await world.page('jingli')
  await page.goto(`${world.base}/reports/complaints`)
  const figure = page.locator('button.figure', { hasText: '受理' }).first()
  const count = Number(await figure.locator('b').innerText())
  await figure.click()
  const drawer = page.locator('.n-drawer')
  await drawer.getByText(`受理：${count} 条`).waitFor()
  await until(async () => (await drawer.locator('.line').count()) === Math.min(count, 50), 'the cases')
})

/** Registers a repair at the desk and gives out its order, so that there is a card whatever the hour. */
async function giveOutAnOrder() {
  const desk = await world.page('qiantai')
  const customer = await customerUnderWarranty(desk)
  await desk.goto(`${world.base}/?customer=${customer.id}&home=${customer.homes[0].id}`)
  await desk.locator('.home.on').waitFor()
  await desk.getByPlaceholder('客户说了什么？').fill('卫生间地漏反水')
  await desk.locator('.judgements button', { hasText: '报修' }).first().click()
  await fill(desk.locator('.judged'), { part: customer.part })
  await desk.getByRole('button', { name: /^登记 / }).click()
  const made = desk.locator('.new')
  await made.getByText('BX-').waitFor()
  await act(made, '在保，开发商修', { liability_note: '交付未满保修期' })
  await act(made, '派工', { trade: '水暖' })
}

world.test('a card is dragged to an engineer; a card somebody else has given away is not', async () => {
  await giveOutAnOrder()
  const lead = await world.page('banzhang')
  await lead.goto(`${world.base}/dispatch`)
  await lead.locator('.person').first().waitFor()
  await shoot(lead, 'dispatch')
  const card = lead.locator('.pool .job, .person .job').first()
  await card.waitFor()
  const number = await card.getAttribute('data-case')
  // A second dispatcher, whose screen does not hear of the first one's choice.
  const second = await world.page('zhuguan')
  await second.route('**/api/v1/live**', (route) => route.abort())
  await second.goto(`${world.base}/dispatch`)
  await second.locator(`[data-case="${number}"]`).first().waitFor()
  const from = await card.evaluate((el) => el.closest('[data-person]')?.dataset.person ?? '')
  const person = lead.locator('.person').filter({ hasNot: lead.locator(`[data-case="${number}"]`) }).first()
  const name = await person.getAttribute('data-person')
  assert.notEqual(name, from)
  await card.dragTo(person.locator('.cards'))
  await lead.getByText(`${number} 已派给${name}`).first().waitFor()
  await lead.locator(`.person[data-person="${name}"] [data-case="${number}"]`).waitFor()
  const found = (await ask(lead, `/cases?q=${number}`)).items.find((c) => c.number === number)
  assert.equal(found.assignee.name, name)
  await shoot(lead, 'dispatched')
  // A column that is in sight: the board moves sideways under a card that is dragged to one that is not.
  const other = second.locator('.person').filter({ hasNot: second.locator(`[data-case="${number}"]`) }).first()
  await second.locator(`[data-case="${number}"]`).first().dragTo(other.locator('.cards'))
  await second.getByText(`${number} 刚刚已由别人派给${name}`).first().waitFor()
  assert.equal((await ask(lead, `/cases/${found.id}`)).assignee.name, name)
})
