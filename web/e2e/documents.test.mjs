// Papers that are handed to owners, builders and other people outside: each is opened from a case that came so far, and
// cannot be printed before its time.
import assert from 'node:assert/strict'
import { allOf, attempt, day, get, perform, person, send, upload } from './deeds.mjs'
import { every, holds, printed, withheld } from './printing.mjs'
import { ask, company } from './support.mjs'

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

// proves: HAND-3/c, HAND-4/a, HAND-5/d, HAND-5/h, HAND-5/k, HAND-8/c
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
  await perform(chief, batch.id, 'prepare', { ready: await allOf(chief, batch.id, 'prepare', 'ready') })
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
  const stations = ['余款柜台', '身份柜台', '资料柜台', '验房工程师', '缴费柜台', '钥匙柜台']
  const flow = await printed(page, id, '收房流转单', { paper: 'flow', signs: stations })
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
  const full = await printed(page, id, '收房流转单', { paper: 'flow', signs: stations })
  holds(full, ['YK-1', '1,000,000.00', '业主本人', '前期物业服务协议', '12', '34', '地漏周边渗水', 'FY-1', '住宅质量保证书'])

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
