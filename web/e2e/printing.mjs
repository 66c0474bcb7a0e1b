// Papers as they come out of the printer: what stands on them, who gets a copy, who signs – and why there is none yet.
import assert from 'node:assert/strict'
import { attempt, get } from './deeds.mjs'
import { ask, shoot } from './support.mjs'

/** Opens the paper of a case – the one it is time for, or the one named – prints it, and gives its first sheet's words. */
export async function printed(page, id, title, { paper, copies = [], signs }) {
  await page.goto(`/cases/${id}/print${paper ? `?paper=${paper}` : ''}`)
  const sheets = page.locator('.paper')
  await sheets.first().getByRole('heading', { name: title, exact: true }).waitFor()
  assert.deepEqual(await sheets.locator('.copy').allInnerTexts(), copies)
  const { number } = await ask(page, `/cases/${id}`)
  const first = sheets.first()
  await first.getByText(number).first().waitFor()
  assert.deepEqual((await first.locator('.lines span').allInnerTexts()).map((line) => line.trim()), signs)
  await page.evaluate(() => {
    window.printed = 0
    window.print = () => window.printed++
  })
  await page.getByRole('button', { name: '打印' }).click()
  await page.waitForFunction(() => window.printed === 1)
  // What goes to the printer is the paper and nothing else, one sheet for each copy.
  await page.emulateMedia({ media: 'print' })
  for (const [what, shown] of [['.side', false], ['button', false], ['.paper', true]]) assert.equal(await page.locator(what).first().isVisible(), shown, what)
  const breaks = await sheets.evaluateAll((all) => all.map((one) => getComputedStyle(one).breakBefore))
  assert.deepEqual(breaks, breaks.map((_, n) => (n ? 'page' : 'auto')), 'each copy on a sheet of its own')
  await shoot(page, `paper-${title}`, first)
  await page.emulateMedia({ media: 'screen' })
  return first.innerText()
}
export const holds = (text, words) => assert.deepEqual(words.filter((one) => !text.includes(one)), [], text)

/** The paper is refused to whoever asks for it now, and the words say why. */
export async function withheld(who, id, paper, reason) {
  const { seq } = await get(who, `/cases/${id}`)
  const answer = await attempt(who, 'POST', `/cases/${id}/actions`, { data: { action: `print:${paper}`, input: {} } }, seq)
  assert.ok(!answer.ok(), `${paper} was printed`)
  assert.match((await answer.json()).detail, new RegExp(reason))
}

/** All the choices of a field that an action asks. */
export function every(one, action, name) {
  const field = one.actions.find((offer) => offer.name === action).ask.find((asked) => asked.name === name)
  return field.choices ?? field.checklist.items
}
