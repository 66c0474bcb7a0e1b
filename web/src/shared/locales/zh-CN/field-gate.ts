/** What the field app says before anybody is signed in. */
export default {
  field: {
    secondLead: '请打开手机上的验证器应用，输入六位动态码；也可输入恢复码。', secondCode: '动态码', secondBack: '返回',
    tagline: '现场', signIn: '登录', login: '账号', password: '密码', enter: '登录', entering: '正在登录…', demo: '演示账号，点一下即可进入',
  },
}
