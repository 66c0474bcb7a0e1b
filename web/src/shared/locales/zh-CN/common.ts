export default {
  app: { name: '一站', tagline: '客户服务中心' },
  error: {
    offline: '连不上服务器，请检查网络后重试。',
    server: '服务器出了点问题，请稍后重试。',
    status: '请求没有成功（{status}）。',
    unknown: '出了点问题，请重试。',
    fileTooLarge: '文件“{name}”超过 10 MB。',
    fileType: '只能上传图片或 PDF。',
  },
  common: {
    ok: '确定', cancel: '取消', save: '保存', close: '关闭', retry: '重试', loading: '正在加载…', more: '加载更多', search: '搜索',
    all: '全部', none: '无', yes: '是', no: '否', add: '添加', remove: '移除', edit: '修改', back: '返回', submit: '提交', clear: '清空',
    open: '打开', print: '打印', copy: '复制', copied: '已复制', required: '必填', optional: '选填', done: '完成', unknown: '未知', total: '合计',
    refresh: '刷新', empty: '暂无内容', detail: '详情', next: '下一步',
  },
  time: {
    day: '{n}天', hour: '{n}小时', minute: '{n}分', second: '{n}秒', justNow: '刚刚', ago: '{span}前', left: '剩 {span}', over: '已超 {span}',
    today: '今天', yesterday: '昨天', tomorrow: '明天', paused: '已暂停',
  },
  deadline: { calm: '未到期', soon: '将到期', late: '已超时', paused: '已暂停', met: '按时完成', broken: '超时完成', lapsed: '不再计时' },
  urgency: { 0: '一般', 1: '急', 2: '特急' },
  form: {
    required: '请填写“{title}”', chooseRequired: '请选择“{title}”', filesRequired: '请上传“{title}”', signatureRequired: '请签名',
    numberMin: '不能小于 {min}', numberMax: '不能大于 {max}', textMax: '最多 {max} 字', filesMin: '至少 {min} 个文件', filesMax: '最多 {max} 个文件',
    rowsMin: '至少 {min} 行', rowsMax: '最多 {max} 行', ticksMin: '至少勾选 {min} 项', ticksMax: '最多勾选 {max} 项', notNumber: '请输入数字',
    checkMissing: '还有 {n} 项没有填', checkNoRoom: '请先选好位置', checkNext: '看下一项没填的', checkFailed: '{state} {n}', checkUnseen: '未填', checkAll: '看全部项目',
    row: '第 {n} 行', addRow: '添加一行', upload: '上传照片或文件', uploading: '正在上传…', sign: '请在框内签名', signAgain: '重签', signed: '已签名',
    placeHere: '定位到这里', placeFailed: '没有取得位置，可以直接写地点。', placeWords: '地点说明', findPerson: '输入姓名查找员工', findCustomer: '输入姓名或电话查找客户',
    findHome: '输入房号，如 3-1-502', findCase: '输入事项编号或关键词', findRecord: '从档案里挑选，可以输入名称查找', notOnRecord: '档案里没有，请先登记', nothingBeside: '还没有登记价格、说明，请先问清楚再填', record: '{name}（{stage}）', yuan: '元', choose: '请选择', empty: '未填写', fix: '还有 {n} 处需要修改',
  },
}
