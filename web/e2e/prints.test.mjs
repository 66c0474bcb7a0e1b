// The papers of the manual as they come out of the printer: what stands on them, who gets a copy, who signs.
import assert from 'node:assert/strict'
import { allOf, attempt, day, get, hire, perform, person, send, upload } from './deeds.mjs'
import { every, holds, printed, withheld } from './printing.mjs'
import { company } from './support.mjs'

const world = company({ homes: 40, days: 1 })

// proves: SALES-1/e, SALES-2/k, SALES-4/g, SALES-5/b, SALES-12/a, SALES-12/b
world.test('all the forms of a sale are printed, with names, and sums in figures and capitals', async () => {
  const sales = await person(world, 'zhiye')
  const [manager, director, chief, clerk, money, seal, general, deputy] = await Promise.all(['xiaoshou', 'zongjian', 'zhuguan2', 'qiantai3', 'caiwu', 'hetong', 'zongjingli', 'fuzong'].map((login) => person(world, login)))
  const sold = (await get(sales, '/cases?kind=subscription&state=all')).items.map((one) => one.home?.id)
  const home = (await get(sales, '/homes')).items.find((one) => one.kind === 'home' && !one.delivered_on && !sold.includes(one.id))
  const data = {
    unit: home.title, buyers: [{ name: '温如玉', share: 60 }, { name: '石坚', share: 40 }], list_price: 123_450_067, price: 123_450_067, discount_authority: '没有优惠', pay_way: '一次性付款', deposit: 5_000_000, sign_on: day(10),
  }
  // Six sell it at the same moment: one does.
  const rivals = await Promise.all(Array.from({ length: 6 }, (_, n) => attempt(n % 2 ? sales : manager, 'POST', '/cases', { data: { kind: 'subscription', site: home.site.id, home: home.id, data } })))
  assert.deepEqual(rivals.map((one) => one.status()).sort(), [201, 409, 409, 409, 409, 409])
  const { id, number } = await rivals.find((one) => one.ok()).json()
  for (const other of rivals.filter((one) => !one.ok())) assert.match((await other.json()).detail, new RegExp(`已被别的客户认购.*${number}`))
  assert.deepEqual((await get(sales, '/cases?kind=subscription&state=all')).items.filter((one) => one.home?.id === home.id).map((one) => one.id), [id])

  await perform(director, id, 'agree')
  await perform(chief, id, 'agree', { checks: every(await get(chief, `/cases/${id}`), 'agree', 'checks') })
  await perform(money, id, 'deposit-confirmed', { deposit_received: 5_000_000, receipt_no: 'SJ-31' })
  await perform(seal, id, 'seal', { contract_no: 'RG-31', sealed_copies: 3 })
  const page = await world.page('xiaoshou')
  const subscription = await printed(page, id, '商品房认购书', { copies: ['认购人', '销售部', '财务部'], signs: ['认购人', '置业顾问', '销售经理', '出卖人（盖章）'] })
  holds(subscription, ['RG-31', home.title, '温如玉', '石坚', '60', '40', '1,234,500.67 元（壹佰贰拾叁万肆仟伍佰元陆角柒分）', '50,000.00 元（伍万元整）', 'SJ-31', `认购人应于${day(10)}前`])

  await perform(sales, id, 'papers-received', { papers: ['身份证明'] })
  const price = '1,234,500.67 元（壹佰贰拾叁万肆仟伍佰元陆角柒分）'
  const three = ['销售总监', '客户服务经理', '总经理']
  const shares = (await perform(sales, id, 'ask-change')).children.find((one) => one.kind === 'subscription-change').id
  await withheld(page, shares, 'request', '写明变更、报了审批才打印')
  await perform(sales, shares, 'submit', { reason: '份额改为各半', buyers: [{ name: '温如玉', share: 50 }, { name: '石坚', share: 50 }] })
  holds(
    await printed(page, shares, '认购人变更申请表', { copies: ['认购人', '销售部', '财务部'], signs: ['认购人', ...three] }),
    [home.title, '份额改为各半', '温如玉', '石坚', '50', price, '一次性付款', day(10)],
  )
  for (const signer of [director, deputy, general]) await perform(signer, shares, 'agree')

  const signing = (await perform(chief, id, 'arrange')).children.find((one) => one.kind === 'signing').id
  await perform(chief, signing, 'prepare', { prepared: every(await get(chief, `/cases/${signing}`), 'prepare', 'prepared'), bring: ['认购书', '身份证件', '首付款'] })
  const appointment = await printed(page, signing, '签约预约单', { copies: ['客户', '销售部'], signs: ['客户签收', '置业顾问'] })
  holds(appointment, [`请您于${day(10)}到客户服务部签订${home.title}的买卖合同`, '请带齐', '认购书', '身份证件', '首付款', '委托书', '温如玉', '石坚', price])

  // Signed, then changed: the supplement is on paper before the change is in force, and has what was agreed once signed.
  await send(chief, '/cases', { kind: 'contract-stock', site: home.site.id, data: { template: '住宅范本', sets: 30 } })
  await perform(sales, signing, 'draw', { template: '住宅范本', draw_sets: 1, drawer_signature: await upload(sales) })
  await perform(clerk, signing, 'check', { checked: await allOf(clerk, signing, 'check', 'checked') })
  const signed = async () => ({ buyer_signature: await upload(clerk), seller_signature: await upload(clerk) })
  await perform(clerk, signing, 'sign', { contract_no: 'HT-31', ...(await signed()) })
  await perform(money, signing, 'collect', { fees: [{ item: '首付款', amount: 123_450_067, receipt: 'SJ-32' }] })
  await perform(clerk, signing, 'finish', { handed: every(await get(clerk, `/cases/${signing}`), 'finish', 'handed') })
  const review = (await get(clerk, `/cases/${id}`)).children.find((one) => one.kind === 'contract-review').id
  await withheld(page, review, 'review', '报了会签才打印')
  await perform(clerk, review, 'submit', { contract_no: 'HT-31', terms: '按范本，没有改动', contract_files: [await upload(clerk)] })
  holds(
    await printed(page, review, '商品房买卖合同审批单', { copies: ['法务存档', '客户服务部'], signs: ['销售部', '客户服务部', '工程部', '财务部', '法务'] }),
    ['HT-31', home.title, '温如玉', '石坚', price, '按范本，没有改动'],
  )

  const change = (await perform(sales, id, 'ask-contract-change')).children.find((one) => one.kind === 'contract-change').id
  await perform(sales, change, 'submit', { reason: '加名', buyers: [{ name: '温如玉', share: 50 }, { name: '石坚', share: 25 }, { name: '石小玉', share: 25 }] })
  holds(
    await printed(page, change, '签约人变更申请表', { copies: ['买受人', '销售部', '财务部'], signs: ['买受人', ...three] }),
    [home.title, '加名', '温如玉', '石坚', '石小玉', '25', price, '双方签订补充协议后生效'],
  )
  for (const signer of [director, deputy, general]) await perform(signer, change, 'agree')
  assert.equal((await get(sales, `/cases/${id}`)).data.buyers.length, 2, 'not before the supplement is signed')
  const text = '买受人增加石小玉，份额百分之二十五'
  await perform(clerk, change, 'agree-signed', { agreement_no: 'BC-31', agreement_text: text, ...(await signed()) })
  assert.equal((await get(sales, `/cases/${id}`)).data.buyers.length, 3)
  const agreement = await printed(page, change, '买卖合同补充协议', { paper: 'agreement', copies: ['买受人', '出卖人', '备案'], signs: ['买受人', '出卖人（盖章）'] })
  holds(agreement, ['BC-31', `变更：${text}`, '石小玉', '1,234,500.67 元（壹佰贰拾叁万肆仟伍佰元陆角柒分）'])
  assert.equal(await page.locator('.paper').first().locator('.signed img').count(), 2, 'both have signed')

  const back = (await perform(sales, id, 'ask-refund')).children.find((one) => one.kind === 'home-refund').id
  await withheld(page, back, 'refund', '报批以后才打印')
  const reckoned = { reason: '家庭变故', reason_note: '要搬去外地', application: [await upload(manager)], liability: '客户', liability_note: '合同第九条', paid_more: 118_450_067, penalty: 1_000_000, fees: 0 }
  await perform(manager, back, 'calculate', reckoned)
  holds(
    await printed(page, back, '退房申请与退款单', { copies: ['客户', '财务部', '销售部'], signs: ['申请人', '销售总监', '客户服务经理', '财务', '总经理'] }),
    ['石小玉', '家庭变故', '合同第九条', price, '10,000.00 元（壹万元整）', '1,224,500.67 元（壹佰贰拾贰万肆仟伍佰元陆角柒分）'],
  )

  const owner = (await get(sales, '/homes')).items.find((one) => one.site.id === home.site.id && one.people.length).people[0]
  const design = await send(clerk, '/cases', { kind: 'design-change', site: home.site.id, home: home.id, customer: owner.customer_id, data: { content: '客厅加一道隔墙', place: '客厅' } })
  await withheld(page, design.id, 'change', '都评估完，才打印')
  await perform(await person(world, 'gongcheng'), design.id, 'agree', { slot: 'engineering', engineering_view: '可以做', engineering_cost: 200_000 })
  await perform(await person(world, 'xiangmu'), design.id, 'agree', { slot: 'design', design_view: '不影响结构', design_cost: 30_000 })
  await perform(await hire(world, 'chengben', 'cost'), design.id, 'agree', { slot: 'cost', cost_view: '照定额', cost_more: 20_000 })
  holds(
    await printed(page, design.id, '工程变更申请单', { copies: ['业主', '工程部', '财务部'], signs: ['业主', '工程部', '设计部', '成本部'] }),
    [owner.name, '客厅加一道隔墙', '可以做', '不影响结构', '照定额', '2,500.00 元（贰仟伍佰元整）'],
  )

  const phones = { referrer_phone: '13800009011', friend_phone: '13800009012' }
  const told = await send(sales, '/cases', { kind: 'client-referral', site: home.site.id, customer: owner.customer_id, data: { referrer: '温如玉', friend: '石磊落', ...phones } })
  await withheld(page, told.id, 'referral', '到访之前确认了才打印')
  await perform(manager, told.id, 'confirm')
  await perform(sales, told.id, 'visit', { visited_at: (await get(sales, '/session')).now })
  await perform(sales, told.id, 'bought', { sale_no: number, signed_on: day(0), reward: 500_000 })
  holds(
    await printed(page, told.id, '推荐客户确认单', { copies: ['推荐人', '销售部', '财务部'], signs: ['推荐人', '销售经理'] }),
    ['兹确认石磊落由温如玉推荐', number, '5,000.00 元（伍仟元整）'],
  )
  assert.deepEqual(page.troubles, [])
})

// proves: REPAIR-4/i, PATROL-3/e, PAID-2/k, ENG-8/b
world.test('work order, notice to rectify, service order, permit to decorate and report of a fault are printed', async () => {
  const [chief, clerk, engineering, money, fitter] = await Promise.all(['zhuguan', 'zhuangxiu', 'gongcheng', 'caiwu', 'shifu'].map((login) => person(world, login)))
  const page = await world.page('jingli')
  const home = (await get(chief, '/homes')).items.find((one) => one.kind === 'home' && one.delivered_on && one.people.length)
  const open = (who, kind, data, at = {}) => send(who, '/cases', { kind, site: home.site.id, data, ...at })
  const hour = (ahead, at) => new Date(`${day(ahead)}T${at}:00+08:00`).getTime()

  const repair = await open(chief, 'repair', { content: '地下一层水泵房闸阀漏水', part: '给排水', place: '公共部位', spot: '水泵房二号阀' })
  await perform(chief, repair.id, 'to-property')
  const order = (await perform(chief, repair.id, 'dispatch', { trade: '水暖' })).children.find((one) => one.kind === 'work-order')
  holds(
    await printed(page, order.id, '维修派工单', { copies: ['维修联', '业主联', '存根联'], signs: ['派工人', '维修人员', '业主签字'] }),
    ['地下一层水泵房闸阀漏水', '给排水', '公共部位', '水泵房二号阀', '水暖', '做了什么', '用料', '工时', '业主签名'],
  )

  const notice = await open(chief, 'rectification', { finding: '三层消防通道堆放纸箱', spot: '2栋三层', receiver: '某商铺', limit_at: hour(3, '18:00') })
  holds(
    await printed(page, notice.id, '整改通知单', { copies: ['整改单位', '存根联'], signs: ['签发人', '签收人'] }),
    ['三层消防通道堆放纸箱', '2栋三层', '某商铺：经检查发现下列问题，请于', '前整改完毕并书面回复', `${day(3)} 18:00`, '整改回复与复查'],
  )

  // The price may be on the list already.
  const price = { service: '打蜡', unit: '平方米', duration: 2, note: '含清洁', prices: [{ from: day(0), to: day(60), price: 2_550 }] }
  await attempt(chief, 'POST', '/cases', { data: { kind: 'service-item', site: home.site.id, data: price } })
  const service = await open(chief, 'paid-order', { service: '打蜡', wish: '客厅地板打蜡' }, { home: home.id, customer: home.people[0].customer_id })
  await perform(chief, service.id, 'talk', { talk_note: '客厅约二十平方米', service: '打蜡', quantity: 20, material_by: '不用材料', wish_at: hour(2, '10:00') })
  const { data: { amount } } = await perform(chief, service.id, 'offer')
  assert.ok(amount > 0)
  const paid = await printed(page, service.id, '有偿服务单', { copies: ['客户联', '财务联', '存根联'], signs: ['服务人员', '部门负责人', '客户签字'] })
  holds(paid, ['打蜡', '客厅地板打蜡', '20', home.title, home.people[0].name, `${(amount / 100).toLocaleString('en', { minimumFractionDigits: 2 })} 元（`, '完成与验收'])

  const works = { scope: '厨房改造', company: '某装饰公司', company_lead: '关工', company_phone: '13800009001', items: ['防水', '水路'], drawings: [await upload(clerk)], plan_from: day(1), plan_to: day(30) }
  const permit = await open(clerk, 'decoration', works, { home: home.id, customer: home.people[0].customer_id })
  await perform(clerk, permit.id, 'submit')
  await page.goto(`${world.base}/cases/${permit.id}/print`)
  await page.locator('.n-radio-button', { hasText: '装修施工许可证' }).click()
  await page.getByText('发了施工许可证、正在施工的才能打印').waitFor()
  assert.ok(await page.getByRole('button', { name: '打印' }).isDisabled(), 'no permit before it is given')
  await perform(engineering, permit.id, 'agree', { conditions: '防水做两遍' })
  await perform(chief, permit.id, 'agree')
  await perform(page, permit.id, 'agree')
  await perform(clerk, permit.id, 'sign-agreement', { agreement_files: [await upload(clerk)], owner_signature: await upload(clerk), office_signature: await upload(clerk) })
  await perform(money, permit.id, 'take-deposit', { deposit: 200_000, deposit_receipt: 'YJ-1' })
  await perform(clerk, permit.id, 'permit', { permit_no: '装施-31', start_on: day(1), finish_by: day(30), phase: '水电' })
  holds(
    await printed(page, permit.id, '装修施工许可证', { signs: ['物业服务中心（盖章）', '发证日期'] }),
    ['装施-31', '厨房改造', '某装饰公司', '关工', '防水', '水路', '防水做两遍', `准予某装饰公司在${home.title}进行装修施工，应于${day(30)}前完工；本证张贴在户门外侧备查`, '不得改动承重墙'],
  )

  // Whoever is on duty writes the report; whether somebody is at this hour, is chance.
  const me = (await get(fitter, '/session')).staff.id
  const now = (await get(page, '/session')).now
  await attempt(page, 'POST', '/duty', { data: { staff: me, post: 'engineer', site: home.site.id, from_at: now - 60_000, to_at: now + 6 * 3600_000 } })
  const fault = await open(fitter, 'equipment-fault', { what: '生活水泵二号泵轴封漏水', sort: '设备异常', place: '地下一层水泵房' })
  await perform(fitter, fault.id, 'measure', { measure: '切到一号泵', fix_by: now + 3 * 3600_000 })
  await perform(fitter, fault.id, 'report', { course: '九点巡检发现地面有水', cause: '轴封老化', loss: '没有停水', prevent: '每季检查轴封' })
  holds(
    await printed(page, fault.id, '事故（故障）报告', { copies: ['存档联', '上报联'], signs: ['当班人', '班长', '物业经理'] }),
    ['生活水泵二号泵轴封漏水', '地下一层水泵房', '九点巡检发现地面有水', '轴封老化', '切到一号泵', '没有停水', '每季检查轴封'],
  )
  assert.deepEqual(page.troubles, [])
})
