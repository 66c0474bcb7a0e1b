export default {
  account: {
    title: '我的账号', password: '修改密码', current: '现在的密码', fresh: '新密码（至少 8 位）', again: '再输一次新密码', differs: '两次输入的不一致', change: '修改密码', changed: '密码已修改，其他设备已退出登录。',
    sessions: '登录中的设备', sessionsLead: '有不认识的设备，请结束它的登录并修改密码。', here: '本机', since: '{at} 登录', seen: '最近使用 {ago}', end: '结束登录', endOthers: '结束其他全部登录', ended: '已结束', unknown: '未知设备',
    twoStep: '两步登录', twoStepOff: '未开启。开启后，登录时除密码外还要输入手机上的动态码。', twoStepOn: '{at} 开启，恢复码还剩 {n} 个。', turnOn: '开启两步登录', turnOff: '关闭', scan: '用手机上的验证器应用扫码，再输入它显示的六位动态码。',
    typed: '扫不了码时手工输入：', code: '六位动态码', confirm: '确认开启', codeOrRecovery: '动态码或恢复码', recovery: '恢复码', recoveryLead: '手机丢失时可用恢复码登录，每个只能用一次。只显示这一次，请抄下或打印，妥善保管。', copied: '已复制', copy: '复制', kept: '已保管好', next: '下一步',
  },
  staffAccess: { title: '{name} 的登录', open: '登录', none: '现在没有登录。', endAll: '结束全部登录', reset: '重置两步登录', on: '已开启两步登录', off: '未开启两步登录', resetAsk: '重置后此人只凭密码登录，需重新开启。' },
  system: {
    title: '系统', tab: { tokens: '接口令牌', hooks: '推送', mails: '邮件', looks: '查看记录', log: '操作记录' },
    forbidden: '这里由公司级管理员管理。', secretLead: '只显示这一次，请立即复制保存。', secret: '密钥', close: '已保存，关闭', name: '系统名称', state: '状态', more: '更多',
    tokenNew: '新建令牌', tokensLead: '供其他系统调用接口。令牌办理的事项都记在该系统名下。', noTokens: '没有接口令牌。有别的系统要对接时，点“新建令牌”。', scopes: '权限', posts: '岗位', days: '有效天数', valid: '有效', expired: '已过期', revoked: '已吊销', until: '有效期至 {at}', used: '最近使用 {at}', unused: '未使用',
    revoke: '吊销', revokeAsk: '吊销后“{name}”立即不能再调用接口。', madeBy: '{name} 新建于 {at}',
    hookNew: '新建推送地址', hooksLead: '事件发生后推送给其他系统，带签名，失败会重试三天。内容只有编号、类型和阶段，没有个人信息。', noHooks: '没有推送地址。有别的系统要随时得知事项进展时，新建一个。', url: '网址', urlHint: 'https://', events: '事件', site: '项目', allSites: '全部项目', active: '启用', paused: '已停用',
    waiting: '待推送 {n}', failed: '失败 {n}', lastSent: '最近送达 {at}', never: '还没有送达过', test: '测试', tested: '已发出测试，稍后看推送记录。', deleteAsk: '删除“{name}”和它的全部推送记录？', deliveries: '推送记录', noDeliveries: '还没有推送过。', replay: '重新推送', replayed: '已重新推送',
    sent: '已送达', givenUp: '已放弃', retrying: '待重试', queued: '待推送', attempts: '已试 {n} 次', nextAt: '下次 {at}', answer: '对方回应', took: '{n} 毫秒', noAnswer: '没有回应',
    mailsLead: '待发和没有发出的邮件。', noMails: '没有发不出去的邮件。', notConnected: '没有设置邮件服务器，邮件暂不发出。', retry: '重发', retried: '已重新发送', counts: '待发 {waiting} · 失败 {failed}',
    looksLead: '谁看过谁的个人信息、导出过什么，为什么；最新的在前。', noLooks: '还没有查看记录。', when: '时间', who: '谁', what: '做了什么', whose: '谁的', why: '原因',
    noLog: '还没有操作记录。',
  },
}
