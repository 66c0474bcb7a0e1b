/** Words that the field app and the owner's page share. */
export default {
  phone: {
    day: '日期', time: '时间', camera: '拍照', album: '相册', look: '查看大图', fileWaits: '待上传', signature: '签名', signHere: '点这里签名', signBelow: '请在上方框内签名', rewrite: '重写',
    signDone: '签好了', locating: '正在定位', locateAgain: '重新定位', onDuty: '当班', inHand: '在手 {n} 件', foundNothing: '没有找到，可以换个写法。', leadsTo: '办理后进入“{stage}”', sending: '正在提交…',
    leaveForm: '填写的内容还没有提交，要离开吗？', leave: '离开', stay: '继续填写', staleKept: '刚才有人改动了这件事项。您填写的内容还在，请核对后再次提交。', dueAt: '{at} 到期', more: '更多', did: '“{title}”已完成',
  },
}
