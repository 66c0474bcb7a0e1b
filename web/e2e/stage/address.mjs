// One address for the companies of all stories. What a browser keeps of the built pages belongs to their address: with
// one of its own for each company, every person would wait for all of it anew.
import { connect, createServer } from 'node:net'

export async function oneAddress() {
  let port = 0
  const lines = new Set()
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    const end = () => {
      near.destroy()
      far.destroy()
      lines.delete(near)
    }
    lines.add(near)
    for (const line of [near, far]) line.setNoDelay(true).on('error', end).on('close', end)
    near.pipe(far).pipe(near)
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  return {
    base: `http://127.0.0.1:${server.address().port}`,
    /** From now on it is that company. */
    leadTo(base) {
      port = Number(new URL(base).port)
      for (const line of lines) line.destroy()
    },
    end: () => server.close(),
  }
}
