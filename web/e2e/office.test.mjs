// The work behind the desk: one event over many calls, the Excel import, staff and roster, the file of a home, what
// must be read; and what a page says when there is nothing, when the answer fails, and when somebody writes a novel.
import assert from 'node:assert/strict'
import { day, get, perform, person, send, upload } from './deeds.mjs'
import { ask, company, PHONE, photo, shoot, until } from './support.mjs'
import { act, choose, fill } from './ui.mjs'
import { workbook } from './sheet.mjs'

const world = company()

// proves: INTAKE-16/g
world.test('one event gathers many calls, and its end tells all of them', async () => {
  const page = await world.page('qiantai')
  await page.goto(`${world.base}/events`)
  await page.getByText('没有进行中的事件').waitFor()
  await page.getByRole('button', { name: '新建事件' }).click()
  const form = page.locator('.n-modal', { hasText: '新建事件' })
  await form.locator('[data-field=title] input').fill('3 栋停水')
  await form.locator('[data-field=notice] textarea').fill('水泵故障，正在抢修，预计 15 点恢复供水')
  await form.getByRole('button', { name: '建立', exact: true }).click()
  await form.waitFor({ state: 'detached' })

  const event = page.locator('article', { hasText: '3 栋停水' })
  await event.getByText('0 起来电').waitFor()
  await event.getByRole('button', { name: '归入登记' }).click()
  const list = page.locator('.n-modal', { hasText: '归入登记：3 栋停水' })
  for (let n = 0; n < 3; n++) {
    await list.getByRole('button', { name: '添加', exact: true }).first().click()
    await until(async () => (await list.getByText('✓ 已归入').count()) === n + 1, `contact ${n + 1}`)
  }
  await shoot(page, 'event')
  await list.getByPlaceholder('内容、姓名、登记号').fill('没有这样的登记')
  await list.getByText('没有找到登记').waitFor()
  await page.keyboard.press('Escape')
  await event.getByText('3 起来电').waitFor()

  await event.getByRole('button', { name: '结束事件' }).click()
  const sure = page.locator('.n-popconfirm')
  await sure.getByPlaceholder('结果说明').fill('15 点已恢复供水')
  await sure.getByRole('button', { name: '结束事件' }).click()
  await page.getByText('没有进行中的事件').waitFor()
  await page.getByText('全部', { exact: true }).click()
  await event.getByText('15 点已恢复供水').first().waitFor()
  await shoot(page, 'event-closed')
  const [closed] = (await ask(page, '/events')).items.filter((e) => e.title === '3 栋停水')
  assert.equal(closed.contacts.length, 3)
  assert.deepEqual(page.troubles, [])
})

const HEAD = ['姓名', '账号', '手机', '邮箱', '岗位', '项目编码', '技能', '片区', '初始密码']
const hired = (name, login, post = '前台客服') => [name, login, '', '', post, '', '', '', 'first-Passw0rd']

world.test('an import tries first, names every bad row, and then writes all or nothing', async () => {
  const page = await world.page('admin')
  await page.goto(`${world.base}/import?what=staff`)
  const [template] = await Promise.all([page.waitForEvent('download'), page.getByText('下载 Excel 模板').click()])
  assert.match(template.suggestedFilename(), /\.xlsx$/)
  const put = (rows) => page.locator('input[type=file]').setInputFiles({ name: '员工.xlsx', mimeType: 'application/octet-stream', buffer: workbook([HEAD, ...rows]) })
  const write = page.getByRole('button', { name: '写入', exact: true })
  assert.ok(await write.isDisabled())

  await put([hired('新人甲', 'new.a'), hired('新人乙', 'new.b', '不存在的岗位'), hired('', 'new.c')])
  await page.getByText('制度里没有岗位“不存在的岗位”').waitFor()
  await page.getByText('有误 2').waitFor()
  assert.ok(await write.isDisabled(), 'nothing is written while a row is wrong')
  await shoot(page, 'import-bad')
  assert.equal((await ask(page, '/staff')).items.some((s) => s.login === 'new.a'), false)

  await put([hired('新人甲', 'new.a'), hired('新人乙', 'new.b')])
  await page.getByText('可导入 2').waitFor()
  await write.click()
  await page.getByText('已导入 2 行').waitFor()
  const logins = (await ask(page, '/staff')).items.map((s) => s.login)
  assert.ok(logins.includes('new.a') && logins.includes('new.b'))

  await page.locator('input[type=file]').setInputFiles({ name: '照片.xlsx', mimeType: 'application/octet-stream', buffer: Buffer.from('no sheet at all') })
  await page.locator('.n-alert').waitFor()
  page.troubles.length = 0
})

world.test('somebody new is taken on, changed, and leaves', async () => {
  const page = await world.page('admin')
  await page.goto(`${world.base}/staff`)
  await page.getByRole('button', { name: '新增员工' }).click()
  const form = page.locator('.n-modal')
  const save = form.getByRole('button', { name: '保存', exact: true })
  assert.ok(await save.isDisabled())
  await form.getByLabel('姓名').fill('周新')
  await form.getByLabel('账号').fill('qiantai')
  await form.getByLabel('密码').fill('first-Passw0rd')
  await form.getByRole('button', { name: '+ 岗位' }).click()
  await choose(form.locator('.post'), '前台客服')
  await save.click()
  await form.locator('.n-alert').waitFor()
  assert.equal(await form.getByLabel('姓名').inputValue(), '周新')
  await form.getByLabel('账号').fill('zhouxin')
  await save.click()
  await form.waitFor({ state: 'detached' })

  const row = page.locator('tbody tr', { hasText: 'zhouxin' })
  await row.getByText('前台客服').waitFor()
  await row.getByRole('button', { name: '修改' }).click()
  await form.getByLabel('姓名').fill('周欣')
  await save.click()
  await form.waitFor({ state: 'detached' })
  await row.getByText('周欣').waitFor()
  await row.getByRole('button', { name: '离职' }).click()
  await page.locator('.n-popconfirm').getByRole('button', { name: '离职' }).click()
  await page.getByText('周欣的账号已停用').waitFor()
  await row.waitFor({ state: 'detached' })
})

// proves: DUTY-2/e
world.test('a shift is added to the roster and taken off again; nobody is on duty twice', async () => {
  const page = await world.page('jingli')
  await page.goto(`${world.base}/duty`)
  const night = page.locator('.roster tbody tr', { hasText: '周海' })
  await night.locator('.shift').first().waitFor()
  const before = await night.locator('.shift').count()
  await page.getByRole('button', { name: '排班', exact: true }).click()
  const form = page.locator('.n-modal')
  const save = form.getByRole('button', { name: '保存', exact: true })
  assert.ok(await save.isDisabled())
  await choose(form.locator('[data-field=staff]'), '王亮')
  await choose(form.locator('[data-field=post]'), '维修工程师')
  await save.click()
  await form.locator('.n-alert').waitFor()
  await shoot(page, 'roster-refused')
  await choose(form.locator('[data-field=staff]'), '周海')
  await save.click()
  await form.waitFor({ state: 'detached' })
  await until(async () => (await night.locator('.shift').count()) === before + 1, 'the shift')
  await shoot(page, 'roster')
  const added = night.locator('.shift', { hasText: '09:00–18:00' })
  await added.hover()
  await added.getByRole('button').click()
  await page.locator('.n-popconfirm').getByRole('button', { name: '移除' }).click()
  await until(async () => (await night.locator('.shift').count()) === before, 'the shift to go')
})

world.test('a page whose answer fails says so and can be asked again', async () => {
  const page = await world.page('qiantai')
  let fails = true
  await page.route('**/api/v1/cases?**', (route) => (fails ? route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify({ code: 'unavailable', title: 'x', status: 503, detail: '系统正忙，请稍后再试' }) }) : route.continue()))
  await page.goto(`${world.base}/cases`)
  await page.getByRole('alert').filter({ hasText: '系统正忙，请稍后再试' }).waitFor()
  await shoot(page, 'failed-list')
  fails = false
  await page.getByRole('button', { name: '重试' }).click()
  await page.locator('tbody tr').first().waitFor()
  await page.getByPlaceholder('编号或关键词').fill('绝对没有这样的事项')
  await page.getByText('没有符合条件的事项').waitFor()
})

world.test('a novel without a space breaks no page, on a phone either', async () => {
  const page = await world.page('qiantai')
  const said = `${'水管漏水漏了很久没有人来修'.repeat(30)}${'W'.repeat(200)}`
  await page.getByPlaceholder('客户说了什么？').fill(said)
  await page.locator('.judgements button', { hasText: '咨询' }).click()
  await page.locator('.judged').waitFor()
  await page.getByRole('button', { name: /^登记 / }).click()
  const made = page.locator('.new a').first()
  const link = await made.getAttribute('href')
  const wide = []
  for (const path of [link, '/cases', '/contacts', '/']) {
    for (const size of [{ width: 1440, height: 900 }, PHONE]) {
      await page.setViewportSize(size)
      await page.goto(world.base + path)
      await page.getByText('水管漏水漏了很久').first().waitFor()
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      if (over > 0) wide.push(`${path} at ${size.width}: ${over} px too wide`)
      if (path === link) await shoot(page, 'long')
    }
  }
  assert.deepEqual([...page.troubles, ...wide], [])
})

// proves: DUTY-2/b, DUTY-2/f
world.test('the roster is made by hand in its grid, and whom it is for sees it on the phone', async () => {
  const page = await world.page('jingli')
  await page.goto(`${world.base}/duty`)
  const row = page.locator('.roster tbody tr', { hasText: '王亮' })
  const cell = await until(async () => {
    for (const one of (await row.locator('td').all()).slice(2)) if ((await one.locator('.shift').count()) === 1) return one
  }, 'a shift of 王亮 on a day to come')
  const hours = (await cell.locator('.shift').innerText()).match(/\d\d:\d\d/g)
  const mine = async () => (await ask(page, '/duty')).items.filter((one) => one.staff.name === '王亮')
  const before = await mine()
  await cell.locator('.shift').hover()
  await cell.locator('.shift').getByRole('button').click()
  await page.locator('.n-popconfirm').getByRole('button', { name: '移除' }).click()
  await cell.locator('.shift').waitFor({ state: 'detached' })
  assert.equal((await mine()).length, before.length - 1)
  // The empty cell is clicked: person, post and day are there already.
  await cell.hover()
  await cell.getByRole('button', { name: '排班 王亮' }).click()
  const form = page.locator('.n-modal')
  await form.locator('[data-field=staff]').getByText('王亮').waitFor()
  await form.locator('[data-field=post]').getByText('维修工程师').waitFor()
  await form.getByRole('button', { name: '保存', exact: true }).click()
  await form.waitFor({ state: 'detached' })
  await cell.locator('.shift').waitFor()
  assert.deepEqual((await cell.locator('.shift').innerText()).match(/\d\d:\d\d/g), hours)
  assert.deepEqual((await mine()).map((one) => [one.from_at, one.to_at]).sort(), before.map((one) => [one.from_at, one.to_at]).sort())
  await shoot(page, 'roster-grid')

  const phone = await world.page('shifu2', PHONE)
  await phone.goto(`${world.base}/field/me`)
  const { now } = await ask(phone, '/session')
  const moment = (at) => new Date(at + 8 * 3600_000).toISOString().slice(5, 16).replace('T', ' ')
  const due = before.filter((one) => one.to_at > now).sort((a, b) => a.from_at - b.from_at).map((one) => `${moment(one.from_at)}–${moment(one.to_at).slice(6)}`)
  const shown = phone.locator('.duty .van-cell__title span')
  await shown.first().waitFor()
  assert.deepEqual((await shown.allInnerTexts()).slice(0, due.length), due)
  await shoot(phone, 'my-shifts')
  assert.deepEqual([...page.troubles, ...phone.troubles], [])
})

// proves: GATE-7/c
world.test('when a home changes hands its file goes to the new owner', async () => {
  const [clerk, money] = await Promise.all(['qiantai', 'caiwu'].map((login) => person(world, login)))
  const home = (await get(clerk, '/homes')).items.find((one) => one.people.filter((p) => p.relation === 'owner').length === 1)
  const old = home.people.find((one) => one.relation === 'owner')
  const fresh = (await send(clerk, '/customers', { name: '薛新主', phone: '13700007201' })).id
  const data = { reason: '买卖', paper: '不动产权证', new_owner: '薛新主', new_phone: '13700007201' }
  const { id } = await send(clerk, '/cases', { kind: 'owner-change', site: home.site.id, home: home.id, customer: old.customer_id, data })
  await perform(clerk, id, 'take-papers', { papers: ['过户申请书', '新旧业主证件复印件', '新业主的物业服务协议', '不动产权证或买卖合同'], scans: [await upload(clerk)] })
  await perform(money, id, 'cleared', { cleared_no: '无欠费' })

  const page = await world.page('jingli')
  await page.goto(`${world.base}/homes/${home.id}`)
  await page.getByRole('button', { name: '改档案' }).click()
  const form = page.locator('.n-modal')
  await form.getByRole('button', { name: `移除 ${old.name}` }).click()
  await form.getByRole('button', { name: '+ 客户' }).click()
  await choose(form.locator('.person').last(), '薛新主')
  await shoot(page, 'home-edit')
  await form.getByRole('button', { name: '保存', exact: true }).click()
  await form.waitFor({ state: 'detached' })
  const people = page.locator('dl.facts')
  await people.getByRole('link', { name: '薛新主' }).waitFor()
  assert.equal(await people.getByRole('link', { name: old.name, exact: true }).count(), 0)
  await page.goto(`${world.base}/cases/${id}`)
  await page.locator('.top').getByRole('button', { name: '档案改好，旧权限停用' }).click()
  const done = page.locator('.n-modal.action')
  for (const box of await done.locator('.n-checkbox').all()) await box.click()
  await done.getByRole('button', { name: '档案改好，旧权限停用', exact: true }).click()
  await done.waitFor({ state: 'detached' })

  // Whoever looks the new owner up finds the home, its warranties and its past; the old owner has it no more.
  await page.goto(`${world.base}/?customer=${fresh}`)
  const homes = page.locator('.left .home')
  await homes.filter({ hasText: home.title }).locator('button .tag', { hasText: '业主' }).waitFor()
  await page.goto(`${world.base}/?customer=${old.customer_id}`)
  await page.getByRole('heading', { name: old.name }).waitFor()
  assert.equal(await homes.filter({ hasText: home.title }).filter({ hasText: home.site.name }).count(), 0)
  const now = await get(clerk, `/homes/${home.id}`)
  assert.deepEqual([now.area, now.delivered_on, now.kind], [home.area, home.delivered_on, home.kind], 'all else of the file stands')
  assert.ok(now.cases.some((one) => one.id === id))
  assert.deepEqual(page.troubles, [])
})

// proves: KNOW-3/c, KNOW-3/d, PEOPLE-5/b
world.test('a new version leaves the old one to be read, those who must read it are named; a penalty carries its evidence and opens what it is about', async () => {
  const [keeper, quality, manager] = await Promise.all(['guanjia', 'pinzhi', 'jingli'].map((login) => person(world, login)))
  const { sites: [here], staff: me } = await get(keeper, '/session')
  const document = await send(manager, '/cases', { kind: 'document', site: here.id, data: { name: '来访接待指导书', doc_no: 'ZY-031', sort: '作业指导书', keeper: me.id, readers: ['前台客服'] } })
  const versions = []
  for (const note of ['第一版', '加上雨天备伞']) {
    const { now } = await get(keeper, '/session')
    const draft = { next_body: [await upload(keeper)], next_note: note, next_effective_at: now + 60 * 60_000, next_review_on: day(400) }
    const child = (await perform(keeper, document.id, 'draft', draft)).children.find((one) => !one.closed && one.kind === 'document-version')
    versions.push(child)
    const { data } = await get(keeper, `/cases/${child.id}`)
    await perform(keeper, child.id, 'submit', { body: [await upload(keeper)], change_note: data.change_note, effective_at: data.effective_at, review_on: data.review_on })
    await perform(quality, child.id, 'agree')
    await perform(manager, child.id, 'agree')
    await send(manager, '/demo/clock', { minutes: 90 })
    await until(async () => (await get(keeper, `/cases/${child.id}`)).closed, 'the version in force', 40)
  }
  const page = await world.page('qiantai')
  await page.goto(`${world.base}/work`)
  await page.locator('.read', { hasText: document.number }).getByRole('button', { name: '已阅' }).click()
  await page.getByText(`${document.number} 已阅`).waitFor()
  await page.goto(`${world.base}/cases/${document.id}`)
  await page.locator('.values div', { hasText: '现行版本' }).getByText('2', { exact: true }).waitFor()
  const readers = page.locator('section.card', { has: page.getByRole('heading', { name: '传阅' }) })
  await readers.getByText('《来访接待指导书》第2版生效，请读').waitFor()
  const { circulation } = await ask(page, `/cases/${document.id}`)
  const names = await readers.locator('li').allInnerTexts()
  assert.deepEqual(names.map((words) => [words.includes('✓'), /已阅$/.test(words.trim())]), names.map((words) => (words.includes('林晓') ? [true, true] : [false, false])))
  assert.ok(names.length > 1 && circulation.every(({ staff: { name } }) => names.some((words) => words.includes(name))), 'everybody who must read it is named')
  await shoot(page, 'document')
  for (const { number } of versions) await page.locator('.line', { hasText: number }).getByText('已发布').waitFor()
  await page.getByRole('link', { name: versions[0].number }).click()
  const values = page.locator('.values')
  await values.getByText('第一版', { exact: true }).waitFor()
  await values.locator('img').first().waitFor()
  assert.equal(await page.locator('.top').getByRole('button', { name: '送审' }).count(), 0, 'what was in force is not written again')

  // A penalty: no evidence, no penalty; and the matter it comes from is one step away.
  const chief = await world.page('zhuguan')
  const complaint = await send(chief, '/cases', { kind: 'complaint', site: here.id, data: { content: '前台让老人站着等了二十分钟' } })
  await chief.goto(`${world.base}/cases/new?kind=reward`)
  const form = chief.locator('form.body')
  await choose(form.locator('[data-field=person]'), '林晓')
  await fill(form, { area: '服务', sort: '警告', facts: '没有请老人坐下等', about_case: complaint.number })
  await form.locator('button[type=submit]').click()
  await form.locator('[data-field=evidence].bad, [data-field=evidence] [role=alert], [data-field=evidence] .error').first().waitFor()
  await form.locator('[data-field=evidence] input[type=file]').last().setInputFiles(photo('监控截图.png'))
  await form.locator('[data-field=evidence] img').waitFor()
  await form.locator('button[type=submit]').click()
  await chief.waitForURL(/\/cases\/[^n]/)
  await chief.locator('.values div', { hasText: '证据' }).locator('img').waitFor()
  await chief.locator('.values').getByText(complaint.number).waitFor()
  await act(chief.locator('.top'), '关联事项', { case: complaint.number, why: '出自这件投诉' })
  await chief.locator('section.card', { hasText: '出自这件投诉' }).getByRole('link', { name: complaint.number }).first().click()
  await chief.getByRole('heading', { name: '前台让老人站着等了二十分钟' }).waitFor()
  await shoot(chief, 'reward-about')
  assert.deepEqual(page.troubles, [])
})
