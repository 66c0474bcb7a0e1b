export default {
  lists: {
    views: '视图', noViews: '还没有保存的视图。设好筛选和列，起个名字存下来。', viewName: '视图名称', onlyMe: '仅自己', shareWith: '共享给{post}', sharedTo: '已共享给{post}', sharedBy: '{name} 共享',
    saveView: '保存', viewSaved: '已保存视图“{name}”', deleteView: '删除视图',
    columns: '列', shown: '已显示', more: '可添加', usual: '恢复默认', findColumn: '查找', up: '{title}上移', down: '{title}下移',
    excel: '导出 Excel', excelHelp: '按当前筛选和列导出，最多 20000 条；谁因为什么导出会留下记录。', excelReason: '原因，如：月度投诉分析',
    bulk: '批量办理', picked: '已选 {n} 件', pickAll: '全选本页', unpick: '取消选择', tooMany: '一次最多办理 {n} 件', nothingCommon: '所选事项没有共同的动作。',
    bulkLead: '对所选 {n} 件逐件办理，每件单独判断；办不了的会说明原因。', bulkDone: '“{title}”已完成 {n} 件', bulkRefused: '有 {n} 件没有办成',
  },
  dispatch: {
    gone: '{number} 刚刚已由别人派给{name}，已刷新。', assignTo: '派给{name}', planned: '约 {h} 小时', appointment: '预约 {at}', free: '手上没有工单，拖到这里派给他。', usual: '预计用时按近期完工每单平均 {h} 小时估算。',
  },
  reports: {
    title: '报表', empty: '您的岗位没有报表可看。需要时请系统管理员调整岗位。', of: '{period}', every: { day: '日', week: '周', month: '月', quarter: '季', year: '年' }, allSites: '全部项目', kind: '事项类型', chooseKind: '请先选择事项类型',
    before: '上一期', after: '下一期', print: '打印', period: '期间', site: '项目', madeBy: '制表', madeAt: '制表时间', none: '本期没有数据。', behind: '{title}：{n} 条', allVisible: '可见的全部项目', cumulative: '累计占比', drill: '查看明细',
    hours: '小时',
  },
}
