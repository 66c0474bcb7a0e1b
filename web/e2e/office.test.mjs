// The work behind the desk: one event over many calls, the Excel import, staff and roster; and what a page says when
// there is nothing, when the answer fails, and when somebody writes a novel.
import assert from 'node:assert/strict'
import { ask, company, PHONE, shoot, until } from './support.mjs'
import { choose } from './ui.mjs'
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
const person = (name, login, post = '前台客服') => [name, login, '', '', post, '', '', '', 'first-Passw0rd']

world.test('an import tries first, names every bad row, and then writes all or nothing', async () => {
  const page = await world.page('admin')
  await page.goto(`${world.base}/import?what=staff`)
  const [template] = await Promise.all([page.waitForEvent('download'), page.getByText('下载 Excel 模板').click()])
  assert.match(template.suggestedFilename(), /\.xlsx$/)
  const put = (rows) => page.locator('input[type=file]').setInputFiles({ name: '员工.xlsx', mimeType: 'application/octet-stream', buffer: workbook([HEAD, ...rows]) })
  const write = page.getByRole('button', { name: '写入', exact: true })
  assert.ok(await write.isDisabled())

  await put([person('新人甲', 'new.a'), person('新人乙', 'new.b', '不存在的岗位'), person('', 'new.c')])
  await page.getByText('制度里没有岗位“不存在的岗位”').waitFor()
  await page.getByText('有误 2').waitFor()
  assert.ok(await write.isDisabled(), 'nothing is written while a row is wrong')
  await shoot(page, 'import-bad')
  assert.equal((await ask(page, '/staff')).items.some((s) => s.login === 'new.a'), false)

  await put([person('新人甲', 'new.a'), person('新人乙', 'new.b')])
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
  await page.getByRole('button', { name: '排班' }).click()
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
