export default {
  owner: {
    hello: '{name}，您好', helloYou: '您好', servedBy: '{server}为您服务', all: '我的事项', open: '正在办理', tell: '有事找我们', apply: '自助办理', noOpen: '没有正在办理的事项。有需要时点上面登记。', noMatters: '没有事项。', waits: '等您确认', before: '{at} 前', now: '现在', reported: '{kind} · {at} 登记',
    yourTurn: '现在等您：', promises: '我们的承诺', deadlines: '请在时限前办好', facts: '事项内容', linkEnds: '链接有效至 {at}', guestDo: '请您办理：', flow: '办理进度', steps: '经过', noSteps: '刚刚登记，有进展会显示在这里。', thanks: '收到，谢谢您', received: '已登记 {number}，我们会尽快处理', noMatter: '没有这件事项，或已经不再显示。', noReport: '这里不能登记这一类事项。',
    expired: '链接已失效', expiredLead: '请联系物业客服，我们会重新发给您。', noLine: '暂时连不上',
    promise: { running: '进行中', paused: '已暂停', late: '已超时', met: '已做到', broken: '没有按时', lapsed: '已取消' },
    verb: { remind: '催一催', note: '补充说明', agree: '同意', refuse: '不同意' },
    field: { words: '您想说什么', files: '照片', note: '您的意见' },
  },
}
