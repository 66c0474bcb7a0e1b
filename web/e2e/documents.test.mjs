// Papers that are handed to owners, builders and other people outside: each is opened from a case that came so far, and
// cannot be printed before its time.
import assert from 'node:assert/strict'
import { allOf, attempt, day, get, hire, perform, person, send, upload } from './deeds.mjs'
import { every, holds, printed, withheld } from './printing.mjs'
import { company, shoot } from './support.mjs'

const world = company({ homes: 40, days: 1 })
const people = (logins) => Promise.all(logins.map((login) => person(world, login)))
const at = (ahead, hour) => new Date(`${day(ahead)}T${hour}:00+08:00`).getTime()
const childOf = async (who, id, kind) => (await get(who, `/cases/${id}`)).children.findLast((one) => one.kind === kind).id

/** A home nobody bought yet, sold to a customer and signed for. */
async function sold(price) {
  const [sales, director, chief, clerk, money, seal] = await people(['zhiye', 'zongjian', 'zhuguan2', 'qiantai3', 'caiwu', 'hetong'])
  const { items } = await get(sales, '/homes')
  const taken = (await get(sales, '/cases?kind=subscription&state=all')).items.map((one) => one.home?.id)
  const home = items.find((one) => one.kind === 'home' && !one.delivered_on && !taken.includes(one.id))
  const customer = items.find((one) => one.site.id === home.site.id && one.people.length).people[0].customer_id
  const buyers = [{ name: '温如玉', share: 100 }]
  const data = { unit: home.title, buyers, list_price: price, price, discount_authority: '没有优惠', pay_way: '一次性付款', deposit: 5_000_000, sign_on: day(10) }
  const { id } = await send(sales, '/cases', { kind: 'subscription', site: home.site.id, home: home.id, customer, data })
  await perform(director, id, 'agree')
  await perform(chief, id, 'agree', { checks: every(await get(chief, `/cases/${id}`), 'agree', 'checks') })
  await perform(money, id, 'deposit-confirmed', { deposit_received: 5_000_000, receipt_no: 'SJ-1' })
  await perform(seal, id, 'seal', { contract_no: 'RG-1', sealed_copies: 3 })
  await perform(sales, id, 'papers-received', { papers: ['身份证明'] })
  await perform(chief, id, 'arrange')
  const signing = await childOf(chief, id, 'signing')
  await perform(chief, signing, 'prepare', { prepared: every(await get(chief, `/cases/${signing}`), 'prepare', 'prepared'), bring: ['身份证件'] })
  await attempt(chief, 'POST', '/cases', { data: { kind: 'contract-stock', site: home.site.id, data: { template: '住宅范本', sets: 30 } } })
  await perform(sales, signing, 'draw', { template: '住宅范本', draw_sets: 1, drawer_signature: await upload(sales) })
  await perform(clerk, signing, 'check', { checked: await allOf(clerk, signing, 'check', 'checked') })
  await perform(clerk, signing, 'sign', { contract_no: 'HT-1', buyer_signature: await upload(clerk), seller_signature: await upload(clerk) })
  return { home, customer }
}

// proves: HAND-3/c, HAND-4/a, HAND-5/d, HAND-5/h, HAND-5/k, HAND-8/c, SHOW-2/b
world.test('from settling the area to moving in, every paper of handing over a home is printed when it is due', async () => {
  const { home, customer } = await sold(100_000_000)
  const [chief, clerk, money, cashier, engineer, director] = await people(['zhuguan2', 'qiantai3', 'caiwu', 'shouyin', 'xiangmu', 'zhuren'])
  const page = await world.page('zhuguan2')
  const site = home.site.id
  const open = (who, kind, data, of = { home: home.id, customer }) => send(who, '/cases', { kind, site, data, ...of })

  const area = await open(clerk, 'area-settlement', { unit: home.title, contract_area: 100, measured_area: 101.5, report_files: [await upload(clerk)] })
  await withheld(page, area.id, 'settlement', '财务复核之后才能打印')
  await perform(money, area.id, 'agree')
  await perform(clerk, area.id, 'sign-for', { signature: await upload(clerk) })
  await perform(cashier, area.id, 'settle', { settled: 1_500_000, voucher: 'JS-1' })
  holds(
    await printed(page, area.id, '面积结算单', { copies: ['业主', '财务', '存档'], signs: ['经办人', '财务复核', '业主签认', '日期'] }),
    [home.title, '100', '101.5', '1.5', '1,000,000.00', '15,000.00 元（壹万伍仟元整）', 'JS-1', '误差在百分之三以内的，据实补退'],
  )
  assert.equal(await page.locator('.paper').first().locator('.signed img').count(), 1, 'the owner has signed')

  const batch = await open(chief, 'handover-batch', {
    name: '一期', day: day(7), accepted_no: 'YS-1', acceptance_files: [await upload(chief)], agreement_files: [await upload(chief)], homes: [{ room: home.id, owner: customer }],
  }, {})

  // What people asked about the service is compiled into a handbook, without which a handover is not prepared.
  const questions = [['停车', '一户能办几张车证？', '一户两张，第三张按月收费。'], ['装修', '周末能装修吗？', '周末和节假日不做有噪声的活。'], ['收费', '物业费从哪天算？', '']]
  for (const [topic, question, answer] of questions) {
    const { id } = await open(clerk, 'service-question', { question, asker: '石磊落' }, {})
    if (!answer) continue
    await perform(clerk, id, 'answer', { topic, answer })
    await perform(clerk, id, 'follow', { outcome: '清楚了', words: '知道了' })
  }
  await page.goto(`/reports/service-handbook?site=${site}`)
  const parts = page.locator('.part')
  for (const [topic, question, answer] of questions.slice(0, 2)) {
    const row = parts.filter({ has: page.getByRole('heading', { name: topic }) }).locator('tbody tr', { hasText: question })
    assert.ok((await row.innerText()).includes(answer))
  }
  await page.evaluate(() => (window.print = () => (window.printed = true)))
  await page.getByRole('button', { name: '打印' }).click()
  await page.waitForFunction(() => window.printed)
  await page.emulateMedia({ media: 'print' })
  const book = await page.locator('main').innerText()
  for (const name of ['.side', '.bar', 'button']) assert.equal(await page.locator(name).first().isVisible(), false, name)
  await shoot(page, 'paper-物业服务问答手册')
  await page.emulateMedia({ media: 'screen' })
  holds(book, ['物业服务问答手册', home.site.name, '还没有答清楚', '一、收费', '二、装修', '三、停车', '八、其他'])
  assert.ok(!book.includes('石磊落') && !book.includes('物业费从哪天算'), 'neither who asked nor what has no answer')
  const ready = await allOf(chief, batch.id, 'prepare', 'ready')
  const without = ready.map((one) => (one.item === '物业服务问答手册' ? { ...one, state: '不合格', note: '还没有印' } : one))
  assert.match(await (await attempt(chief, 'POST', `/cases/${batch.id}/actions`, { data: { action: 'prepare', input: { ready: without } } }, batch.seq)).text(), /还有没备齐的/)
  await perform(chief, batch.id, 'prepare', { ready })
  await perform(chief, batch.id, 'rehearsed', { rehearsed_on: day(0), rehearsal_posts: every(await get(chief, `/cases/${batch.id}`), 'rehearsed', 'rehearsal_posts') })
  await perform(director, batch.id, 'tell')
  const id = await childOf(chief, batch.id, 'handover')
  const look = await open(engineer, 'home-inspection', { batch: '一期' }, { home: home.id })
  const looked = (await get(engineer, `/cases/${look.id}`)).actions.find((one) => one.name === 'pass').ask.find((one) => one.name === 'looked').checklist
  await perform(engineer, look.id, 'pass', { rooms: ['客厅'], looked: looked.items.slice(0, 4).map((one) => ({ room: '客厅', item: one.item ?? one, state: '合格' })) })
  await perform(clerk, id, 'notice', { notice_way: ['信函'], place: '一期售楼处大堂' })
  await withheld(page, id, 'notice', '约好时段之后')
  await perform(clerk, id, 'book', { slot: at(7, '10:00') })
  holds(await printed(page, id, '交付通知书', { paper: 'notice', copies: ['业主', '存档'], signs: ['客户服务部（盖章）', '业主签收'] }), [
    home.title, '一期售楼处大堂', `${day(7)} 10:00`,
    '请带齐的资料', '身份证件原件、买卖合同', '委托书', '营业执照', '要缴清的费用', '房款余款', '面积结算', '物业服务费', '办理流程', '取号 → 付清余款 → 核对身份 → 签署文件 → 陪同验房、抄表 → 缴清费用 → 领取钥匙和两书',
  ])

  await withheld(page, id, 'flow', '到场取号之后才有流转单')
  await perform(clerk, id, 'arrive', { ticket: 'A01' })
  const flow = await printed(page, id, '收房流转单', { paper: 'flow', signs: ['余款柜台', '身份柜台', '资料柜台', '验房工程师', '缴费柜台', '钥匙柜台'] })
  holds(flow, ['A01', '一期', '余款', '余款收据号', '身份', '签署的文件', '水表读数', '电表读数', '缴费收据号', '钥匙几把', '前一站没有办完的，后一站不办'])
  await perform(cashier, id, 'pay', { settled: 100_000_000, balance_no: 'YK-1' })
  await perform(clerk, id, 'identify', { identity: '业主本人', id_files: [await upload(clerk)] })
  await perform(clerk, id, 'sign-papers', { papers: every(await get(clerk, `/cases/${id}`), 'sign-papers', 'papers'), papers_signature: await upload(clerk) })

  await withheld(page, id, 'orders', '没有记缺陷')
  const defects = [{ room: '主卧', item: '窗', what: '窗框密封胶脱落', trade: '门窗', severe: '一般' }, { room: '卫生间', item: '地面', what: '地漏周边渗水', trade: '防水', severe: '严重' }]
  await perform(engineer, id, 'defects', { water: 12, power: 34, defects, builder: '某建筑公司', rectify_by: at(9, '18:00') })
  holds(
    await printed(page, id, '整改维修联系单', { paper: 'orders', copies: ['施工单位', '业主', '存档'], signs: ['验房工程师', '业主', '施工单位签收', '再验人'] }),
    [`某建筑公司：${home.title}收房时验出下列缺陷`, `${day(9)} 18:00`, '主卧', '窗框密封胶脱落', '门窗', '卫生间', '地漏周边渗水', '防水', '严重', '再验意见'],
  )

  await perform(engineer, id, 'accept', { accept_signature: await upload(engineer) })
  await perform(cashier, id, 'fees', { fees_no: 'FY-1' })
  await withheld(page, id, 'keys', '业主签名领了钥匙才能打印')
  const booklets = every(await get(clerk, `/cases/${id}`), 'deliver-owing', 'booklets')
  const { seq } = await get(clerk, `/cases/${id}`)
  const unsigned = await attempt(clerk, 'POST', `/cases/${id}/actions`, { data: { action: 'deliver-owing', input: { keys: 5, booklets } } }, seq)
  assert.match(await unsigned.text(), /领钥匙签名/)
  await perform(clerk, id, 'deliver-owing', { keys: 5, booklets, signature: await upload(clerk) })
  holds(
    await printed(page, id, '钥匙领用登记', { paper: 'keys', copies: ['业主', '物业存档'], signs: ['业主签字', '交付人员'] }),
    [home.title, '领取钥匙5把', '住宅质量保证书', '住宅使用说明书', '业主本人', '交付时间'],
  )
  assert.equal(await page.locator('.paper').first().locator('.signed img').count(), 1, 'signed for the keys')

  const moving = await open(clerk, 'moving-in', { use_as: '自住', live_from: day(0) })
  const who = { name: '温如玉', relation: '业主本人', phone: '13800009002', id_number: '110101199003071234' }
  await perform(clerk, moving.id, 'register', { residents: [who], id_files: [await upload(clerk)], emergency: '石坚 13800009003' })
  await withheld(page, moving.id, 'handout', '登记了住户、发了卡证再发须知')
  await perform(clerk, moving.id, 'give-cards', { cards: [{ holder: '温如玉', relation: '业主本人', sort: '门禁卡', paper: '身份证', card_no: `K${moving.number}` }] })
  await perform(clerk, moving.id, 'hand-out', { handout_signature: await upload(clerk) })
  holds(
    await printed(page, moving.id, '装修须知', { copies: ['住户', '存档'], signs: ['住户签收', '经办人'] }),
    [`${home.title}的住户`, '到物业服务中心申请', '许可证', '拆改承重墙', '八点到十二点、十四点到十八点', '闭水试验', '退还装修押金'],
  )
  assert.equal(await page.locator('.paper').first().locator('.signed img').count(), 1, 'the hand-out is signed for')
  assert.deepEqual(page.troubles, [])
})

// proves: GATE-6/c, INTAKE-10/c, PAID-3/b, AFTER-5/b, COMPLAINT-10/d
world.test('what the office hands to an owner is printed: a certificate, an answer, an agreement, a service record, a receipt', async () => {
  const [chief, clerk, manager, money, outsider] = await people(['zhuguan', 'qiantai', 'jingli', 'caiwu', 'pinzhi'])
  const page = await world.page('zhuguan')
  const home = (await get(chief, '/homes')).items.find((one) => one.kind === 'home' && one.delivered_on && one.people.length)
  const owner = { home: home.id, customer: home.people[0].customer_id }
  const open = (who, kind, data, of = owner) => send(who, '/cases', { kind, site: home.site.id, data, ...of })

  const proof = await open(clerk, 'owner-proof', { sort: '居住证明', purpose: '孩子入学', to_whom: '某小学' })
  await withheld(page, proof.id, 'proof', '核对身份、写好内容之后才能打印')
  const words = '经查，本小区业主温如玉自2024年1月起居住于此。'
  await perform(clerk, proof.id, 'check', { paper: '身份证', matched: '与业主档案一致', words })
  const certificate = await printed(page, proof.id, '证明', { copies: ['业主', '存底'], signs: ['物业服务中心（盖章）', '日期'] })
  holds(certificate, [home.title, '某小学：', words, '特此证明。', '只用于孩子入学', '没有盖章的无效'])
  await withheld(outsider, proof.id, 'proof', '不由您打印')

  const letter = await open(clerk, 'letter', { sort: '业主来信', from_whom: '温如玉', subject: '地下车库照明', received_on: day(0), scans: [await upload(clerk)] }, {})
  await perform(chief, letter.id, 'assign', { handler: (await get(clerk, '/session')).staff.id })
  await perform(clerk, letter.id, 'draft', { reply_to: '温如玉女士', reply: '地下车库已换灯四十盏，今后每周检查一次。' })
  await withheld(page, letter.id, 'reply', '答复批准以后才打印成函')
  await perform(manager, letter.id, 'agree')
  holds(
    await printed(page, letter.id, '复函', { copies: ['来函人', '存档'], signs: ['物业服务中心（盖章）', '日期'] }),
    ['温如玉女士：', `您于${day(0)}送达的来函（事由：地下车库照明）收悉`, '地下车库已换灯四十盏，今后每周检查一次。', '特此函复。'],
  )

  const terms = { service: '日常保洁', content: '每周保洁一次，含厨房', frequency: '每周', quantity: 1, price_each: 12_000, starts_on: day(3), ends_on: day(300), terms: '钥匙由物业保管' }
  const agreement = await open(clerk, 'service-agreement', terms)
  await withheld(page, agreement.id, 'agreement', '经理批准之后才能打印协议')
  await perform(manager, agreement.id, 'agree')
  const signs = ['甲方（客户）签字', '乙方（物业服务中心）盖章', '经办人', '签订日期']
  holds(
    await printed(page, agreement.id, '特约服务协议', { copies: ['客户联', '公司联'], signs }),
    [home.title, home.people[0].name, '日常保洁', '每周保洁一次，含厨房', '每周', '120.00 元（壹佰贰拾元整）', day(3), day(300), '钥匙由物业保管', '本协议一式两份'],
  )

  const now = (await get(clerk, '/session')).now
  const product = { product: '控制器', model: 'KZ-3', serial: 'SN31', made_on: day(-60), bought_on: day(-30), fault: '通电不启动', vehicle_maker: '某整车厂', complained_at: now - 3_600_000 }
  const service = await open(clerk, 'product-service', product, { customer: owner.customer })
  await perform(clerk, service.id, 'made-contact', { contact_note: '客户在家' })
  await withheld(page, service.id, 'record', '定了服务方式才有记录单')
  await perform(clerk, service.id, 'ordinary', { guide: '断电重启', no_visit: '先试试' })
  await perform(clerk, service.id, 'diagnose', { diagnosis: '电容失效', fault_cause: '元件损坏', diagnosis_photos: [await upload(clerk)] })
  await perform(clerk, service.id, 'propose', { proposal: '换电容', cost: 0 })
  await perform(clerk, service.id, 'agree-for', { agreed_words: '修吧' })
  await perform(clerk, service.id, 'repaired', { work_done: '换电容一只', after_photos: [await upload(clerk)] })
  await perform(clerk, service.id, 'tested', { test: await allOf(clerk, service.id, 'tested', 'test') })
  const record = await printed(page, service.id, '售后服务记录单', { copies: ['客户联', '服务联', '存档联'], signs: ['客户签字', '服务人员', '服务日期'] })
  holds(record, ['控制器', 'KZ-3', 'SN31', day(-60), day(-30), '保内', '通电不启动', '普通', '电容失效', '元件损坏', '换电容', '0.00 元（零元整）', '换电容一只', '各项合格'])

  const complaint = await open(clerk, 'complaint', { content: '漏水泡了地板' })
  await perform(chief, complaint.id, 'judge', { valid: '有效', valid_reason: '看过现场', sphere: '物业服务', severity: '一般', fault: '我方责任' })
  await perform(chief, complaint.id, 'compensate')
  const goodwill = await childOf(chief, complaint.id, 'goodwill')
  await perform(chief, goodwill, 'apply', { sort: '赔偿', amount: 20_000, reason: '泡坏地板两平方米' })
  await perform(manager, goodwill, 'agree')
  await withheld(page, goodwill, 'receipt', '给付以后才打印收条')
  await perform(money, goodwill, 'pay', { given: 20_000, given_on: day(0), voucher: 'FK-1' })
  await perform(chief, goodwill, 'receive', { receipt_signature: await upload(chief) })
  holds(
    await printed(page, goodwill, '收条', { copies: ['客户', '财务存根'], signs: ['收款人签字', '经手人', '日期'] }),
    ['今收到物业服务中心给付的赔偿，金额200.00元', '泡坏地板两平方米', '200.00 元（贰佰元整）', day(0), 'FK-1'],
  )
  assert.equal(await page.locator('.paper').first().locator('.signed img').count(), 1, 'the customer has signed the receipt')
  assert.deepEqual(page.troubles, [])
})

// proves: REPAIR-6/d, REPAIR-14/a, SURVEY-2/g, COMM-4/c
world.test('notices to a builder, the survey on paper and the paper vote', async () => {
  const [chief, clerk, lead, director, boss] = await people(['zhuguan', 'qiantai', 'xianchang', 'zhuren', 'gongcheng'])
  const page = await world.page('zhuguan')
  const homes = (await get(chief, '/homes')).items.filter((one) => one.kind === 'home' && one.delivered_on && one.people.length)
  const [home] = homes
  const owner = { home: home.id, customer: home.people[0].customer_id }
  const open = (who, kind, data, of = owner) => send(who, '/cases', { kind, site: home.site.id, data, ...of })

  // Each notice is printed when it is given, and what it said stays in the story of the case.
  const builders = ['某建筑公司（甲）', '某建筑公司（乙）']
  for (const name of builders) await open(boss, 'builder', { name, contract_no: 'SG-1', trades: ['土建'], contact_name: '关工', contact_phone: '13800009001' }, {})
  const repair = await open(clerk, 'repair', { content: '客厅外墙渗水', part: '主体结构', place: '户内', spot: '客厅北墙' })
  await perform(chief, repair.id, 'to-developer')
  await withheld(page, repair.id, 'notice', '通知了施工单位之后才能打印')
  const notify = (contractor, limit) => perform(boss, repair.id, 'notify-contractor', { contractor, contract_limit_at: limit })
  const notice = { paper: 'notice', copies: ['施工单位联', '存根联'], signs: ['发出人', '施工单位签收', '签收时间'] }
  const said = ['客厅外墙渗水', '主体结构', '客厅北墙', '由我方自有维修队代修', '从质保金中扣除']
  await notify(builders[0], at(5, '18:00'))
  holds(await printed(page, repair.id, '保修通知书', notice), [`${builders[0]}：`, `${day(5)} 18:00`, ...said])
  await perform(chief, repair.id, 'dispute', { dispute_reason: '不是这一家施工的' })
  await perform(boss, repair.id, 'rule-developer', { ruling: '改由乙公司保修' })
  await notify(builders[1], at(6, '18:00'))
  holds(await printed(page, repair.id, '保修通知书', notice), [`${builders[1]}：`, `${day(6)} 18:00`, ...said])
  const story = (await get(page, `/cases/${repair.id}`)).timeline
  const told = story.filter((one) => one.type === 'acted' && one.title === '通知施工单位')
  const changes = told.map((one) => one.changes.filter((change) => /^contractor$|^contract_limit_at$/.test(change.field)).map((change) => change.value_text))
  assert.deepEqual(changes, [[builders[0], `${day(5)} 18:00`], [builders[1], `${day(6)} 18:00`]])
  assert.equal(story.filter((one) => one.title === '打印保修通知书').length, 2)

  const early = await get(boss, `/cases/${repair.id}`)
  assert.ok(!early.actions.some((one) => one.name === 'own-team'), 'no own team before the builder is late or refuses')
  await perform(lead, repair.id, 'contractor-refuses', { contractor_reply: '人手不够，不来了' })
  await perform(boss, repair.id, 'own-team')
  const charge = await childOf(boss, repair.id, 'charge-back')
  await withheld(page, charge, 'deduction', '结算批准、发出通知之后才能打印')
  await perform(lead, charge, 'measure', { items: [{ item: '注浆堵漏', quantity: 3, unit: '米', price: 25_000 }], price_basis: '三家比价', price_files: [await upload(lead)] })
  await perform(lead, charge, 'submit')
  await perform(director, charge, 'agree')
  await perform(lead, charge, 'send-notice')
  holds(
    await printed(page, charge, '扣款通知书', { copies: ['施工单位联', '财务联', '存根联'], signs: ['发出人', '施工单位签收', '签收时间'] }),
    [`${builders[1]}：`, '超过合同规定的期限', '人手不够，不来了', '注浆堵漏', '三家比价', '750.00 元（柒佰伍拾元整）', '请在七天内确认'],
  )

  // One each home and half year: some home has none yet.
  let survey
  for (const one of homes) {
    const answer = await attempt(clerk, 'POST', '/cases', { data: { kind: 'questionnaire', site: one.site.id, home: one.id, data: {} } })
    if (answer.ok() && (survey = await answer.json())) break
  }
  const sheet = await printed(page, survey.id, '满意度调查表', { copies: ['住户'], signs: ['住户签名', '调查人', '日期'] })
  const asked = survey.fields.find((one) => one.name === 'grades').checklist.items.map((one) => one.item ?? one)
  assert.equal(asked.length, 20)
  holds(sheet, [...asked.map((item, n) => `${n + 1}. ${item}：□优秀 □良好 □一般 □差 □不适用`), '□1星 □2星 □3星 □4星 □5星', '□0 □1', '□10', '为什么不愿推荐', '意见和建议', '怎样答复您'])
  await perform(clerk, survey.id, 'send', { sent_ways: ['纸质'] })
  await perform(clerk, survey.id, 'enter', { way: '纸质', paper: [await upload(clerk)], answerer: '住户本人', grades: asked.slice(0, 5).map((item) => ({ item, state: '良好' })), stars: '4星', recommend: 8 })
  await withheld(page, survey.id, 'sheet', '收回以后不再打印空白的')

  const owners = [{ name: home.people[0].name, who: owner.customer, room: home.id, area: 96.5 }]
  const meeting = await open(chief, 'owners-meeting', { name: '首次业主大会', rule: '一般', topic_1: '选举业主委员会', topic_2: '加装充电桩', vote_until: at(10, '18:00'), owners }, {})
  const ballot = await childOf(chief, meeting.id, 'ballot')
  holds(
    await printed(page, ballot, '业主大会选票', { signs: ['业主签名', '日期'] }),
    [`${home.title}的业主`, '96.5', `${day(10)} 18:00`, '选举业主委员会\n\n□ 同意　　□ 不同意　　□ 弃权', '加装充电桩\n\n□ 同意'],
  )
  const vote = await perform(clerk, ballot, 'enter', { paper: [await upload(clerk)], one: '同意', two: '弃权' })
  assert.deepEqual([vote.stage, vote.data.way, vote.data.one, vote.data.two, vote.data.paper.length], ['voted', '纸票', '同意', '弃权', 1])
  await withheld(page, ballot, 'vote', '已经投过的')
  assert.deepEqual(page.troubles, [])
})

// proves: COUNTER-1/e
world.test('an endorsement is printed in two parts, and in three where money is paid', async () => {
  const chief = await person(world, 'zhuguan')
  const home = (await get(chief, '/homes')).items.find((one) => one.people.length)
  const [clerk, second, lead] = await Promise.all([['gui1', 'counter-clerk'], ['gui2', 'counter-clerk'], ['guizhu', 'counter-lead']].map(([login, post]) => hire(world, login, post, home.site.id)))
  const page = await world.page('gui1')
  const open = (who, kind, data) => send(who, '/cases', { kind, site: home.site.id, customer: home.people[0].customer_id, data })
  const policy = { policy_no: 'P-31', product: '两全保险', holder: '温如玉', insured: '温如玉', beneficiary: '石坚', reach_at: '13800009021', pay_way: '年交', effective_on: day(-400) }
  await open(lead, 'policy', policy)
  const papers = ['申请书', '证件复印件', '保险合同']
  const upTo = async (asked, more, name) => {
    const { id } = await open(clerk, 'policy-service', { policy_no: 'P-31', agent: false, ...asked })
    await perform(clerk, id, 'eligible', { entitled: await allOf(clerk, id, 'eligible', 'entitled'), scans: [await upload(clerk)], ...more })
    await perform(clerk, id, 'explain', { effect: '下一期起生效' })
    await perform(clerk, id, 'confirm', { customer_words: '明白，办吧', customer_signature: await upload(clerk) })
    await withheld(page, id, name, '复核生效以后才打印')
    await perform(clerk, id, 'enter', { entry_no: `LR-${name}` })
    return id
  }
  const signs = ['客户签收', '经办柜员', '复核人', '日期']

  const change = await upTo({ item: '变更缴费方式', applicant_is: '投保人' }, { papers: [...papers, '变更的证明'], after: '趸交' }, 'endorsement')
  const text = await printed(page, change, '保险批单', { paper: 'endorsement', copies: ['客户联', '柜面留存联'], signs })
  holds(text, ['P-31', '变更缴费方式', 'LR-endorsement', '下一期起生效', '保单的其余内容不变'])
  assert.equal(await page.locator('.paper').first().locator('.signed img').count(), 1, 'the customer has confirmed')
  await withheld(page, change, 'money-endorsement', '给付、借款复核生效以后')

  // Money is checked by a second person, until then nothing is in force.
  const money = { papers: [...papers, '本人账户凭证'], amount: 300_000, account: '6222000000001234' }
  const paid = await upTo({ item: '生存金', applicant_is: '受益人' }, money, 'money-endorsement')
  await withheld(page, paid, 'money-endorsement', '复核生效以后才打印')
  await perform(second, paid, 'agree')
  const three = await printed(page, paid, '保险批单（给付、借款）', { paper: 'money-endorsement', copies: ['客户联', '柜面留存联', '财务联'], signs })
  holds(three, ['P-31', '生存金', '3,000.00 元（叁仟元整）', '6222000000001234', 'LR-money-endorsement'])
  assert.deepEqual(page.troubles, [])
})
