// A complaint whose promise is broken climbs its ladder while the demonstration's clock is moved on: the one who
// promised is reminded, the supervisor is told, then the manager, and the board names the case. A crisis whose plan runs
// late, step by step.
import assert from 'node:assert/strict'
import { attempt, get, perform, person, send } from './deeds.mjs'
import { ask, company, PHONE, shoot, until } from './support.mjs'
import { act, moment, tap } from './ui.mjs'

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

// proves: CRISIS-3/b, CRISIS-4/a, CRISIS-4/b, CRISIS-6/c
world.test('the plan of a crisis is ticked off on the phone and shows what is late; its log goes by minutes, nobody changes it, and its report is printed', async () => {
  const [guard, chief, manager, admin] = await Promise.all(['menwei', 'zhuguan', 'jingli', 'admin'].map((login) => person(world, login)))
  const site = (await get(chief, '/session')).sites[0].id
  const opened = await send(guard, '/cases', { kind: 'crisis', site, data: { what: '地下车库电瓶车被盗', sort: '盗窃', spot: '地下一层B区' } })
  const { id } = opened
  await perform(chief, id, 'take-charge', { grade: '三级', affected: 1, affected_who: '3栋一位住户' })
  const steps = (await get(chief, `/cases/${id}`)).children.filter((one) => one.kind === 'crisis-step')
  assert.equal(steps.length, 3)

  const phone = await world.page('zhuguan', PHONE)
  const step = steps.find((one) => one.heading.includes('110'))
  await phone.goto(`${world.base}/field/cases/${step.id}`)
  await phone.locator('.bar').getByRole('button', { name: '做完', exact: true }).waitFor()
  assert.equal(await phone.getByText('已超').count(), 0, 'not late yet')
  await send(admin, '/demo/clock', { minutes: 60 })
  await until(async () => (await get(chief, `/cases/${step.id}`)).level > 0, 'the step to be late', 40)
  await phone.reload()
  await phone.locator('.large.late', { hasText: '已超' }).waitFor()
  await shoot(phone, 'crisis-step-late')
  await tap(phone, '做完', (sheet) => sheet.locator('[data-field=result] textarea').fill('已报警，民警十分钟到'))
  await until(async () => (await get(chief, `/cases/${step.id}`)).closed, 'the step to be ticked')
  await phone.goto(`${world.base}/field/cases/${id}`)
  await phone.locator('a, .line, .card', { hasText: step.number }).getByText('已做').first().waitFor()

  const desk = await world.page('zhuguan')
  await desk.goto(`${world.base}/cases/${id}`)
  const top = desk.locator('.top')
  const log = desk.locator('.timeline li', { has: desk.locator('b', { hasText: '记一条' }) })
  for (const [n, news] of ['民警到场，调看监控', '锁定两名嫌疑人'].entries()) {
    await act(top, '记一条', { news })
    await log.nth(n).waitFor()
    await send(admin, '/demo/clock', { minutes: 1 })
  }
  await perform(guard, id, 'log', { news: '车已追回' })
  await desk.reload()
  await log.nth(2).waitFor()
  const said = await log.evaluateAll((all) => all.map((one) => [one.querySelector('time').title, one.innerText]))
  assert.deepEqual(said.map(([, words]) => ['车已追回', '锁定两名嫌疑人', '民警到场，调看监控'].find((news) => words.includes(news))), ['车已追回', '锁定两名嫌疑人', '民警到场，调看监控'])
  assert.match(said[0][1], /韩勇/)
  const minutes = said.map(([at]) => Date.parse(`${at.replace(' ', 'T')}+08:00`) / 60_000)
  assert.ok(minutes[0] > minutes[1] && minutes[1] > minutes[2], `each has its minute: ${said.map(([at]) => at)}`)

  // Nobody has a way to change or take away what stands there, whatever their rights.
  const before = (await get(manager, `/cases/${id}`)).timeline
  for (const who of [guard, chief, manager, admin]) {
    for (const path of [`/cases/${id}`, `/cases/${id}/timeline`, ...before.slice(-3).flatMap(({ seq }) => [`/cases/${id}/timeline/${seq}`, `/cases/${id}/events/${seq}`])]) {
      for (const method of ['PUT', 'PATCH', 'DELETE']) {
        const answer = await attempt(who, method, path, { data: { text: '没有这回事' } })
        assert.ok([403, 404, 405].includes(answer.status()), `${method} ${path}: ${answer.status()}`)
      }
    }
  }
  const { paths } = await get(admin, '/openapi.json')
  const changing = Object.entries(paths).filter(([path, verbs]) => /^(\/api\/v1)?\/cases\b(?!\/views)/.test(path) && ['put', 'patch', 'delete'].some((verb) => verbs[verb]))
  assert.deepEqual(changing.map(([path]) => path), [])
  assert.deepEqual((await get(manager, `/cases/${id}`)).timeline.slice(0, before.length), before)

  for (const { id: other } of steps.filter((one) => one.id !== step.id)) await perform(chief, other, 'do', { result: '已做' })
  await perform(chief, id, 'settle')
  await desk.goto(`${world.base}/cases/${id}/print`)
  await desk.locator('.n-radio-button', { hasText: '危机事件报告' }).click()
  await desk.getByText('结案之后才能打印事件报告').waitFor()
  const end = { cause: '车库出入口无人值守', liable: '夜班门岗', loss: 350_000, insurance: '报了财产险，案号 P-31', lessons: '夜间加一班巡查' }
  await perform(manager, id, 'close', end)
  await desk.goto(`${world.base}/cases/${id}/print`)
  const paper = desk.locator('.paper').first()
  await paper.getByRole('heading', { name: '危机事件报告' }).waitFor()
  const words = await paper.innerText()
  for (const one of ['地下车库电瓶车被盗', '盗窃', '三级', '地下一层B区', end.cause, end.liable, '3,500.00 元（叁仟伍佰元整）', end.insurance, end.lessons, '报告人', '物业经理', '客服中心主任']) assert.ok(words.includes(one), one)
  assert.equal(await desk.getByRole('button', { name: '打印' }).isEnabled(), true)
  await shoot(desk, 'paper-crisis')
  assert.deepEqual(phone.troubles, [])
})
