// The first question of each app, asked before the app itself is there: who is signed in, or what the owner's link
// shows. A file of its own, since scripts in the page are forbidden; src/shared/early.ts hands the answer over.
(() => {
  const owner = /^\/o\/([^/]+)/.exec(location.pathname)
  const answer = owner
    ? fetch('/api/v1/owner', { credentials: 'same-origin', headers: { 'X-Owner-Token': owner[1] } })
    : fetch('/api/v1/session', { credentials: 'same-origin' })
  // Without a line the app asks again and tells it.
  answer.catch(() => undefined)
  window.early = answer
})()
