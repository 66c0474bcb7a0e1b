// A complaint whose promise is broken climbs its ladder while the demonstration's clock is moved on: the one who
// promised is reminded, the supervisor is told, then the manager, and the board names the case.
import assert from 'node:assert/strict'
import { ask, company, shoot, until } from './support.mjs'
import { act, moment } from './ui.mjs'

const world = company()
const SAID = '楼道灯坏了一个月，报了三次没有人管'

/** Registers a complaint at the desk and promises an answer in three hours; gives its id. */
async function promised(desk) {
  await desk.getByPlaceholder('客户说了什么？').fill(SAID)
  await desk.locator('.judgements button', { hasText: '投诉' }).first().click()
  await desk.locator('.judged').waitFor()
  await desk.getByText('已向客户复述确认').click()
  await desk.getByRole('button', { name: /^登记 / }).click()
  const made = desk.locator('.new')
  await made.getByText('TS-').waitFor()
  const id = (await made.locator('a').first().getAttribute('href')).split('/').pop()
  await desk.goto(`${world.base}/cases/${id}`)
  await act(desk.locator('.top'), '受理')
  await act(desk.locator('.top'), '答复客户', { answer: '已通知电工，三小时内给您准信', told_how: '电话', next_answer_at: moment(3 * 3600_000) })
  return id
}

/** Moves the clock on by the button of the demonstration's bar. */
async function forward(page, title) {
  const before = (await ask(page, '/session')).now
  await page.locator('.bar .clock').getByRole('button', { name: title, exact: true }).click()
  await until(async () => (await ask(page, '/session')).now > before + 1800_000, 'the clock to move')
}
const levelIs = (page, id, level) => until(async () => (await ask(page, `/cases/${id}`)).level === level, `level ${level}`, 60)

/** Opens the notices and waits for one of this case that speaks of its promise. */
async function noticed(page, number) {
  await page.locator('.bell button').click()
  await page.locator('.n-drawer .item', { hasText: number }).filter({ hasText: '承诺' }).first().waitFor()
  await page.keyboard.press('Escape')
}

world.test('a broken promise climbs its ladder', async () => {
  const desk = await world.page('qiantai')
  const id = await promised(desk)
  const { number } = await ask(desk, `/cases/${id}`)
  const promise = desk.locator('.run', { hasText: '承诺的答复' })
  await promise.getByText('剩 ').waitFor()

  await forward(desk, '1 小时')
  await forward(desk, '1 小时')
  await forward(desk, '1 小时')
  await levelIs(desk, id, 1)
  await promise.getByText('▲').waitFor()
  await until(async () => (await promise.locator('li.fired').count()) >= 2, 'the reminder and the first rung')
  await shoot(desk, 'ladder')
  const supervisor = await world.page('zhuguan')
  await noticed(supervisor, number)

  await forward(desk, '1 小时')
  await forward(desk, '1 小时')
  await levelIs(desk, id, 2)
  await desk.locator('.top').getByText('升级 2 级').waitFor()
  const manager = await world.page('jingli')
  await noticed(manager, number)

  // Answered at last, too late: the board says whose.
  await act(desk.locator('.top'), '答复客户', { answer: '灯已换好，明天再看一次', told_how: '电话', next_answer_at: moment(24 * 3600_000) })
  await supervisor.goto(`${world.base}/clauses/C-06`)
  await supervisor.getByText(number).first().waitFor()
  await shoot(supervisor, 'ladder-clause')
  for (const page of [desk, supervisor, manager]) assert.deepEqual(page.troubles, [])
})
