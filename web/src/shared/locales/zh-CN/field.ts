export default {
  field: {
    untold: '未告知客户',
    demoNote: '演示环境：数据均为虚构，随时可能重置。',
    work: '待办', pool: '抢单', inbox: '通知', me: '我的', outbox: '待上传', gate: '门岗验证', order: '事项', scan: '扫码',
    counts: '超时 {late} · 今日到期 {today}', storedAt: '没有信号，显示的是 {at} 存下的内容。', noWork: '{name}，手上没有待办。', nothingMine: '没有等您动手的事项。', toPool: '看看抢单池', followed: '我跟进的 {n} 件', toRead: '请您阅 {n} 件',
    appointment: '预约 {at} 上门', poolLead: '没有人接的派工单，先抢先得。', noPool: '抢单池是空的，有新单会通知您。', take: '抢单', took: '已抢到 {number}', noInbox: '没有通知。有事找您时会出现在这里。', readAll: '全部已读', unread: '未读',
    allSites: '全部项目', duty: '我的班次', noDuty: '未来两周没有给您排班。', dutyOn: '当班中', items: '{n} 项', theme: '外观', dark: '深色', light: '浅色', signOut: '退出登录', leaveWaiting: '还有 {n} 项没有上传，退出后要您本人再次登录才会上传。确定退出吗？',
    offline: '没有信号，照常办理，有信号后自动上传', offlineWaiting: '没有信号，{n} 项待上传', trying: '正在试…', waitingCount: '正在上传 {n} 项', refusedCount: '{n} 项没有办成，请处理', newVersion: '有新版本', update: '更新',
    changedBy: '{actor}已办理“{title}”。', waits: '待上传', held: '等前一项处理', notSent: '没有办成', queuedNow: '已存下，有信号后自动上传', noOutbox: '没有待上传的内容。没有信号时办理的事项会先存在这里。', outboxLead: '没有信号时办理的，按先后顺序自动上传。', retryNow: '重新提交', asOfNow: '按现在的时间提交', discard: '放弃',
    discardAsk: '放弃“{title}”？填写的内容和照片会从手机删除。', happened: '办理于 {at}', sendNow: '现在上传', sendingNow: '正在上传…',
    foreseen: '前面的步骤还没上传，有信号后由系统核对。', cannotGoOn: '前面的步骤待上传，有信号后才能继续。', endWaits: '已办完，等有信号时上传。', noActions: '现在没有您可以办理的动作。', closed: '这件事项已经结束。', moreActions: '更多办理', where: '地点', customer: '客户', call: '打电话', callTitle: '打给{name}',
    callLead: '这次查看号码已留下记录。', callReason: '联系客户上门', callNone: '没有登记电话，请问前台。', photos: '照片', timeline: '经过', clocks: '时限', signing: '签署', parent: '上级事项', children: '下级事项', agreed: '同意', refused: '不同意', waitsFor: '待{who}签', or: '或',
    recordedLater: '补记于 {at}', passing: '{from} 转给 {to}：{reason}',
    gateLead: '把通行码对准取景框', gateCode: '单上的编号', gateCheck: '查验', gateCamera: '打开相机扫码', gateStop: '关闭相机', gateNoCamera: '相机打不开，请输入单号。', gateUseAsk: '人和物都与单上一致吗？', gateNext: '查验下一张',
    gateDead: '不能放行：查不到这张单，可能已用过或作废', gateNoLine: '验证要有信号，请到有信号的地方或打电话给前台核对。',
  },
}
