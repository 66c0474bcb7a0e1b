export default {
  nav: {
    desk: '前台', work: '我的工作', cases: '事项', caseNew: '新建事项', case: '事项', dispatch: '抢单与派工', followUps: '回访', contacts: '登记簿', contact: '登记', events: '事件',
    clauses: '条款', reports: '报表', manual: '制度', estate: '房产与客户', home: '房屋', staff: '员工', import: '导入', duty: '值班', recurrences: '周期事项', lost: '没有这一页',
    groupDaily: '日常', groupRecords: '资料', groupManual: '管理', menu: '菜单', site: '项目', light: '浅色', dark: '深色', signOut: '退出登录',
    demo: '演示环境：数据均为虚构，随时可能重置。',
    demoClock: '演示时钟', demoMove: '快进', demoHour: '1 小时', demoHalfDay: '4 小时', demoDay: '1 天',
  },
  form: { person: '{name} · {post} · 在手 {n}' },
  common: { money: '{n} 元', ticked: '已勾 {n} 项', filesCount: '{n} 个文件', rowsCount: '{n} 行', photo: '照片' },
  lost: { text: '没有这一页，可能已经移走，或您无权查看。', back: '回到我的工作' },
  search: {
    placeholder: '电话、姓名、拼音首字母、房号、车牌或事项编号', customers: '客户', homes: '房屋', cases: '事项', openCases: '{n} 件在办', nobody: '无住户资料', empty: '没有找到。可以换个写法，或直接登记。',
    choose: '选择', open: '打开', clear: '清空',
  },
  inbox: { title: '通知', readAll: '全部标为已读', empty: '没有通知。有事找您时会出现在这里。', new: '未读' },
  channel: {
    call: '来电', visit: '来访', letter: '来函', email: '邮件', chat: '在线', box: '意见箱', 'control-room': '监控室', 'repair-staff': '维修转', 'security-staff': '秩序转',
    'cleaning-staff': '保洁转', portal: '业主自助', patrol: '巡查', import: '导入', other: '其他',
  },
  relation: { owner: '业主', family: '家属', tenant: '租户', other: '其他' },
  homeKind: { home: '住宅', shop: '商铺', parking: '车位' },
  desk: {
    recent: '最近登记', allContacts: '全部登记', lead: '在上方查找来电人，即可看到全部情况。', leadKey: '随时可按', noRecent: '今天还没有登记。接到来电或来访后，在右侧登记。',
    register: '来电来访登记', restore: '恢复刚才的内容', channel: '渠道', callerName: '来电人姓名（未建档）', callerPhone: '来电人电话', newCustomer: '新建客户', said: '客户说了什么？',
    judgement: '判断', judgementHelp: '可多选；按数字键（输入文字时按 Alt+数字）快速选择。', needJudgement: '请至少选择一项判断。', opens: '将新建{kind}', needHome: '请先选定房屋。', needCustomer: '请先选定客户。',
    atOnce: '当场答复', doneAtOnce: '当场处理', followNeeded: '后续需要', happenedAt: '补记：发生时间', more: '当场处理、后续、补记时间', readBack: '已向客户复述确认', submit: '登记', mend: '还有内容需要填写或修改。',
    maybeSame: '可能重复，已有在办事项', urge: '催办', urgeWords: '客户再次询问 {number}，催办。', urged: '已登记并催办 {number}。', registered: '已登记', next: '完成，下一位', onlyRegistered: '已登记，没有需要跟进的事项。',
    arrears: '欠费', company: '单位', noPhone: '没有电话', unmask: '查看完整号码', unmaskLead: '查看会留下记录，请写明原因。', unmaskReason: '原因，如：回访联系', identity: '证件号', care: '关怀提示', careHelp: '如：家有行动不便的老人',
    homes: '房屋', household: '同住：', noHomes: '还没有关联房屋。', thisHome: '本次', delivered: '交付', warranty: '保修：{n} 项中 {in} 项在保', openCases: '在办 {n}', pastCases: '已办结 {n}', contacts: '来往 {n}',
    noOpen: '没有在办事项。', noPast: '没有已办结事项。', noContacts: '没有来往记录。', editCustomer: '修改客户资料', name: '姓名', phone: '电话', phones: '电话', plates: '车牌', home: '房屋', customer: '客户', relation: '关系',
    whoCalls: '谁来电？', homeCases: '房屋的事项',
  },
  work: {
    late: '已超时', waiting: '我的角色', countLate: '超时 {n}', countToday: '今日到期 {n}', countPool: '待抢单 {n}', toRead: '请您阅', tab: { all: '全部', sign: '待签', pass: '待接', promise: '承诺' },
    why: { assignee: '经办', responsible: '跟进', sign: '待签', pass: '待接收', read: '请阅', member: '参与' },
    empty: '手上没有待办。可以去抢单池看看。', emptyTab: '这一类没有待办。', toPool: '去抢单与派工',
  },
  cases: {
    new: '新建事项', q: '编号或关键词', kind: '事项类型', site: '项目', state: { open: '在办', closed: '已办结', all: '全部' }, late: '只看超时', mine: '与我有关', below: '只看这件的下级', byDue: '按时限排序',
    empty: '没有符合条件的事项。', clear: '清除筛选', create: '提交', chooseKind: '要办什么事？选一种，就会出现它的表单。', noKinds: '您的岗位不直接新建事项。请从前台登记，或请同事代办。',
  },
  guest: {
    title: '交给外部人员的链接', lead: '对方凭链接查看并办理，不用账号；换了人或到期，链接就失效。谁、用什么办法交出去，都记在经过里。', until: '有效至 {at}', copy: '复制链接', paper: '打印二维码', mail: '发邮件',
    copied: '链接已复制，请发给{title}', mailed: '邮件将发到 {to}', mailTitle: '把链接发给{title}', address: '对方的邮箱', send: '发送', copyTitle: '请复制这段文字发给对方', code: '链接的二维码', scan: '请用手机扫码查看并办理，不用账号。请勿转给他人。',
  },
  case: {
    number: '编号', matter: '事项', stage: '阶段', due: '时限', homeCustomer: '房屋 / 客户', assignee: '经办', opened: '受理', closedAt: '办结', urgency: '缓急', level: '升级 {n} 级', levelHelp: '超时后逐级上报',
    reminders: '催办 {n} 次', untold: '未告知客户', untoldHelp: '已转办，还没有告诉客户', parent: '上级事项', contact: '来自登记', ownerLink: '复制业主链接', gateCode: '放行码', passing: '{from} 转给 {to}：{reason}（待接收）', merged: '已并入另一事项。', form: '表单', unmaskReason: '原因，如：核对签约人证件', noForm: '还没有填写内容。',
    children: '下级事项', links: '关联事项', clocks: '时限', noClocks: '没有时限。', people: '人员', nobody: '还没有指定人员。', timeline: '经过', wholeTimeline: '显示计时与通知（{n} 条）', olderTimeline: '显示更早的 {n} 条', endedClocks: '已结束的时限 {n} 项', lessTimeline: '只看办理经过', flow: '流程', flowHere: '现在：{stage}', started: '开始', dueAt: '到期', stopped: '停止',
    pausedSince: '暂停于', recordedLater: '补记于 {at}', moreActions: '更多', noActions: '目前没有您可以办理的动作。', did: '“{title}”已完成', leadsTo: '办理后进入“{stage}”',
    staleTitle: '刚才有人改动了这件事项', staleKept: '您填写的内容还在，请核对后再次提交。', staleGone: '现在已不能办理这个动作；填写的内容可先复制保存。', staleRetry: '刚才有人改动了这件事项，已刷新，请再试一次。',
    sendAgain: '核对无误，再次提交', earlier: '补记：不是现在发生的', happenedAt: '发生时间',
  },
  paper: {
    title: '打印单据', whole: '打印出来的是完整的姓名、号码，并记录由您打印', record: '全部登记内容', home: '房屋', customer: '客户', handler: '经办人', checker: '审核（盖章）', signs: '客户签字', day: '日期', people: '办理人', printed: '{name} 打印于 {at}',
  },
  signing: { entrusted: '（受托）', now: '进行中', agreed: '同意', refused: '不同意', waits: '待{who}签', or: '或', all: '会签', any: '或签', atLeast: '至少 {n} 人' },
  dispatch: {
    leadTap: '先点选工单，再点“派给”。',
    lead: '把左边的工单拖到右边的人，或先选工单再点“派给”。', pool: '抢单池', empty: '抢单池是空的，没有等待派工的工单。', toCases: '查看在办事项', people: '人员与在手工单', onDuty: '只看当班', find: '姓名、岗位、技能',
    nobody: '没有符合条件的人员。', showAll: '显示全部人员', on: '当班', off: '不当班', load: '在手 {n}', assign: '派给', take: '抢单', assigned: '{number} 已派给{name}', taken: '已抢到 {number}',
    mayNot: '您不能派 {number}，请找有派工权限的同事。', mayNotTake: '{number} 不能由您接单。',
  },
  followUps: { lead: '按时限依次回访，记录后自动到下一位。', empty: '没有待回访的客户。事项办结后会按制度自动排进来。', about: '回访的事项' },
  contacts: {
    number: '登记号', who: '来电来访人', said: '内容', cases: '事项', taker: '接待', when: '时间', unknown: '未建档', settled: '当场办结', q: '内容、姓名、登记号', empty: '没有符合条件的登记。接到来电后在前台登记。',
    feedback: '跟进与客户反馈', signature: '客户签名', customerSigns: '请客户签名', keepSigned: '保存意见和签名', signHelp: '写好客户意见，念给客户听，再请客户在下面签名。', feedbackHelp: '后来怎样跟进？客户怎么说？', keepFeedback: '补记', feedbackKept: '已补记', join: '归到这位客户', joined: '已归到客户名下', noCases: '没有因此开出的事项。', openAnother: '另开：', opened: '已新建事项',
  },
  events: {
    lead: '同一原因的多起来电归到一件事上，统一答复。', open: '进行中', closed: '已结束', new: '新建事件', title: '事件名称', titleHelp: '如：3 栋停水', notice: '统一答复口径', noticeHelp: '如：水泵故障，正在抢修，预计 15 点恢复供水。接电话的同事照此答复。', noneFound: '没有找到登记。可以换个写法，或先在前台登记。', create: '建立', count: '{n} 起来电', contacts: '相关登记',
    add: '归入登记', added: '已归入', close: '结束事件', closeLead: '结束后，相关登记都会收到这条说明。', closeNotice: '结果说明', empty: '没有进行中的事件。停水、停电、电梯故障等引来多起来电时，建立一个事件统一答复。',
  },
  clauses: {
    lead: '制度里每一条可以衡量的规定，做到了没有。', met: '达标', notMet: '未达标', none: '无数据', id: '条款', rule: '规定', threshold: '要求', figure: '实际', state: '结果', trend: '近 12 个月', broken: '违反 / 已判', open: '未定', excused: '免责', department: '部门',
    filling: '历史数据补算中', noneBroken: '没有未达标的条款。', empty: '制度里还没有可衡量的条款。', byPeriod: '逐期', by: { site: '按项目', department: '按部门', person: '按人员' }, noGroups: '没有可比较的数据。',
    show: { broken: '违反', open: '未定', excused: '免责', kept: '守住' }, no: { broken: '没有违反的事项。', open: '没有未定的事项。', excused: '没有免责的事项。', kept: '没有守住的事项。' }, excusedLead: '免责的不进达标率，件数和名目在这里写明。', hidden: '另有 {n} 件您无权查看。',
  },
  manual: {
    find: '查找制度', contents: '目录', front: '总览', title: '服务制度手册', version: '版本 {version} · {at} 发布', posts: '岗位', post: '岗位', department: '部门', calendars: '工作日历', number: '编号规则', numberSite: '项目', numberYear: '年', numberMonth: '月', numberDay: '日', numberSeq: '{n} 位流水号',
    needsHome: '须指明房屋', needsCustomer: '须指明客户', actions: '谁可以做什么', action: '动作', from: '在哪些阶段', to: '之后', who: '谁可以', stays: '阶段不变', anyStage: '任何未办结阶段', form: '表单', field: '内容', type: '类型',
    atOpening: '受理时', note: '说明', personal: '个人信息', clock: '时限', limit: '多久', ladder: '提醒与升级', amount: '金额', rounds: '依次由谁签', asks: '填写', plans: '定期计划', papers: '单据',
    types: {
      line: '单行文字', text: '文字', number: '数字', money: '金额', date: '日期', time: '时间', flag: '是否', choice: '单选', choices: '多选', person: '员工', customer: '客户', home: '房屋', files: '照片文件', signature: '签名', place: '位置',
      checklist: '清单', table: '表格', computed: '自动计算',
    },
  },
  estate: {
    noSites: '还没有项目。请先导入房屋资料。', units: '{n} 个单元', noAssistant: '未指定管家', q: '房号或姓名', noHomes: '没有房屋。可以换个条件，或用“导入”批量建立。', kind: '类型', area: '面积', people: '住户', edit: '改档案', editHelp: '过户、退租时在这里换人；新业主还没有档案的，先新建客户。', warranties: '保修期', noWarranties: '没有保修资料。',
    noCases: '这套房屋没有事项。', served: '服务方', servedBy: '现由{server}服务', servedUntil: '至 {day}',
  },
  rounds: {
    lead: '按日历自己来的事：到时候由系统开出事项、送出报表，不用人记。', empty: '制度里还没有周期事项。在制度包里加一个 recurrences.toml，写明多久一次、为谁各开一件，发布后就会出现在这里。', title: '事项', every: '多久一次', whom: '为谁', some: '（按条件）', next: '下一次', last: '上一次', result: '上一次结果',
    opened: '开出 {n}', refused: '未开出 {n}', never: '还没有到过', none: '不再有', underWay: '正在开出，已看过 {n}', from: '{day} 起', ownDay: '从各自的日期算起', opens: '开出{kind}', sends: '送出《{kind}》', sent: '送出 {n} 份', sentTo: '送给{to}', sentOut: '已送出', coming: '将要到期', comingEmpty: '近期没有要开的。', comingMore: '只列出最近的一部分。', runs: '开出的记录', runsEmpty: '还没有开出过。', onlyRefused: '只看未开出的',
    why: '未开出：{why}', at: '应开', outcome: '结果', hidden: '您无权查看', back: '全部周期事项',
  },
  staff: {
    new: '新增员工', edit: '修改员工', q: '姓名或账号', empty: '没有符合条件的员工。可以换个写法，或点“新增员工”。', posts: '岗位', skills: '技能', state: '状态', open: '在手', keep: '不改请留空', allSites: '全部项目', leave: '离职', left: '{name}的账号已停用',
    leaveAsk: '停用{name}的账号？在手的 {n} 件工作需要另行转派。',
  },
  import: {
    what: { homes: '房屋', customers: '客户', staff: '员工' }, template: '下载模板', templateLead: '按模板里的列填写，一行一条。', download: '下载 Excel 模板', try: '试导入', tryLead: '先检查一遍，不会写入任何数据。', choose: '选择文件', dropHere: '或把 .xlsx 文件拖到这里',
    rows: '共 {n} 行', good: '可导入 {n}', bad: '有误 {n}', already: '已有 {n}（保持不变）', row: '行', column: '列', value: '内容', reason: '原因', write: '正式导入', writeLead: '检查通过后写入。', fixFirst: '请先改正上面有误的行，再选择文件检查一次。', writeNow: '写入', done: '已导入 {n} 行。',
  },
  duty: { new: '排班', before: '昨日', after: '次日', area: '片区（可不选）', added: '已排班', removeAsk: '移除这个班次？', nobody: '无人值班', empty: '这一周还没有排班。点“排班”安排谁在哪一段时间当班，派单和抢单按它找人。', person: '谁', range: '从几点到几点', week: { 0: '周日', 1: '周一', 2: '周二', 3: '周三', 4: '周四', 5: '周五', 6: '周六' } },
}
