/** What the desk says before anybody is signed in; the rest comes with the pages behind. */
export default {
  nav: { signIn: '登录', setup: '首次设置', down: '连接中断' },
  signIn: { login: '账号', password: '密码', enter: '登录', entering: '正在登录…', show: '显示密码', hide: '隐藏密码', demo: '演示账号，点一下即可进入', owner: '业主手机页面', field: '现场手机端' },
  second: { lead: '请打开手机上的验证器应用，输入六位动态码；手机不在身边时，输入恢复码。', back: '返回', code: '动态码' },
  setup: {
    title: '欢迎使用一站', lead: '先建立公司和第一位管理员。', company: '公司名称', name: '您的姓名', login: '账号', password: '密码（至少 {n} 位）', again: '再输一次密码',
    differs: '两次输入的密码不一致', create: '开始使用',
  },
  down: { title: '暂时连不上' },
}
