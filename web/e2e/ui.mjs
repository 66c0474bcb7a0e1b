// The hands of the tests: what a person does with one control.
import { sign, until } from './support.mjs'

/** Fills the fields of an open form by their names: words, a choice, a choice among buttons. */
export async function fill(scope, values) {
  for (const [name, value] of Object.entries(values)) {
    const field = scope.locator(`[data-field="${name}"]`)
    await field.waitFor()
    const button = field.locator('.n-radio-button', { hasText: value })
    if (await button.count()) await button.first().click()
    else if (await field.locator('.n-base-selection').count()) await choose(field, value)
    else await field.locator('textarea, input').first().fill(value)
  }
}
/** Opens the list in `scope`, types, and takes the entry with these words; again when the list was drawn anew under the finger. */
export async function choose(scope, words) {
  const page = scope.page()
  const selection = scope.locator('.n-base-selection').first()
  for (let tries = 0; tries < 5; tries++) {
    await selection.click()
    const input = selection.locator('input')
    if (await input.count()) await input.first().fill(words)
    // The list before it fades out for a moment.
    await until(async () => (await page.locator('.n-base-select-menu:visible').count()) === 1, 'one list')
    await page.locator('.n-base-select-option:visible', { hasText: words }).first().click()
    const taken = selection.filter({ hasText: words })
    if (await taken.waitFor({ timeout: 2000 }).then(() => true, () => false)) return
  }
  throw new Error(`could not choose ${words}`)
}
/** What every case has lies behind 更多. */
const BEHIND = new Set(['转办', '标为重复', '关联事项', '备注'])
/** Presses the button of an action. */
export async function press(scope, title) {
  if (!BEHIND.has(title)) return scope.getByRole('button', { name: title, exact: true }).click()
  await scope.getByRole('button', { name: '更多' }).click()
  await scope.page().locator('.n-dropdown-option').getByText(title, { exact: true }).click()
}
/** Presses an action of a case; when it asks something, fills the form and sends it. */
export async function act(scope, title, values) {
  const page = scope.page()
  await press(scope, title)
  if (values) {
    const form = page.locator('.n-modal.action')
    await fill(form, values)
    // An open calendar lies over the buttons until one looks elsewhere.
    await form.locator('.n-card-header').first().click()
    await form.getByRole('button', { name: title, exact: true }).click()
    const sure = page.locator('.n-popconfirm__action button', { hasText: title })
    await Promise.race([form.waitFor({ state: 'detached' }), sure.click().catch(() => undefined)])
    await form.waitFor({ state: 'detached' })
  }
  await page.getByText(`“${title}”已完成`).first().waitFor()
}
/** A moment as the pickers of the desk read it, in the company's zone. */
export function moment(ahead) {
  const at = new Date(Date.now() + ahead + 8 * 3600_000).toISOString()
  return `${at.slice(0, 10)} ${at.slice(11, 16)}`
}
/** Presses an action in the field app and fills its form. */
export async function tap(page, title, work) {
  await page.locator('.bar').getByRole('button', { name: title, exact: true }).click()
  if (!work) return
  const form = page.locator('.van-popup .form')
  await work(form)
  await form.locator('footer').getByRole('button', { name: title, exact: true }).click()
  await form.waitFor({ state: 'detached' })
}
/** Signs with a finger on the whole screen of the phone. */
export async function signOnPhone(page, field) {
  await field.locator('.paper').click()
  const pad = page.locator('.whole:visible')
  await pad.locator('canvas').waitFor()
  await sign(page, pad.locator('canvas'))
  await pad.getByRole('button', { name: '签好了' }).click()
  await field.locator('img').waitFor()
}
