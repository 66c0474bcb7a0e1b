/** Words for what a case shows beside its form and its time line; the desk and the field share them. */
export default {
  amend: {
    title: '变更内容', field: '内容', was: '原来', new: '改为', changed: '改', nothing: '还没有改动任何内容。', same: '不变：{titles}', count: '{n} 处改动', before: '原来：', by: '因{title}',
  },
  approval: {
    title: '批准的内容', valid: '有效', void: '已失效', at: '批准于 {at}', voidSince: '{at} 起不再有效：内容与批准的不一致。', voidBy: '{at} 办理“{by}”后不再有效：内容与批准的不一致，需要重新报批。', now: '现在是 {value}', asked: '请您批准',
  },
  read: { title: '传阅', count: '已阅 {read} / {all}', since: '{at} 送达，未阅', at: '{at} 已阅', all: '都已阅。', ack: '已阅', acked: '{number} 已阅。' },
  under: { total: '{ended} / {n} 件已结束', open: '在办 {n}', late: '超时 {n}', done: '办结 {n}', void: '作废 {n}', all: '查看全部 {n} 件' },
  unmet: { title: '{n} 件关联的事没有办成', why: '：{why}', coming: '还有 {n} 件关联的事随后自动办理。' },
  coming: { title: '计划与占用', next: '下次 {at}', missed: '漏 {n} 次', held: '占用', sinceTaken: '占用时起', untilFree: '放开为止', stays: '办结后仍占用', whileOpen: '办结前占用' },
}
