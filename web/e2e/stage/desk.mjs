// A person at the desk: opens a matter of some kind, or takes an action of a case, with the controls of the page.
import { photo, sign, until } from '../support.mjs'
import { Absent, NOT_OFFERED, outcome } from './outcome.mjs'
import { cannotBeEntered, local, NOT_ON_RECORD, shownType, valueOf } from './words.mjs'

/** Opens a case by the form 新建事项. */
export async function open(wire, { open: start, input, names }) {
  const { page } = wire
  const [{ items: kinds }, kind] = await Promise.all([wire.ask('/kinds'), wire.ask(`/kinds/${start.kind}`), wire.goTo(`/cases/new?kind=${start.kind}`)])
  await page.locator('.card.page').waitFor()
  if (!kinds.find((one) => one.name === start.kind)?.may_open) return { absent: 'the kind is not offered' }
  const create = page.locator('button[type=submit]')
  await create.waitFor()
  const pickers = page.locator('.body .two').nth(1).locator('label')
  if (start.home) await choose(pickers.nth(0), names[start.home] ?? start.home, true)
  if (start.customer) await choose(pickers.nth(1), names[start.customer] ?? start.customer)
  if (start.urgency) await page.locator('.two .n-radio-button').nth(start.urgency).click()
  const left = await fillAll(wire, page.locator('form.body'), kind.open.ask, input, names)
  if (left) return { absent: left }
  if (hasCalendar(kind.open.ask, input)) await page.locator('h1').first().click()
  const said = await outcome(wire, () => create.click())
  if (said.done) {
    await page.waitForURL((url) => url.pathname.endsWith(said.id), { waitUntil: 'commit' })
    wire.place = `/cases/${said.id}`
  }
  return said
}

/** Takes an action of a case. */
export async function act(wire, { case: id, action, input, names, happened }) {
  const { page } = wire
  const seen = await wire.bring(`/cases/${id}`, () => wire.ask(`/cases/${id}`), () => lookUp(page))
  await page.locator('.case .top, [role=alert], .note').first().waitFor()
  const offer = seen.actions?.find((one) => one.name === action)
  if (!offer) return { absent: NOT_OFFERED }
  const bar = page.locator('.case .top .bar')
  const button = bar.getByRole('button', { name: offer.title, exact: true })
  const press = async () => {
    // What the manual says stands in the bar; verbs that every case has may lie behind 更多.
    if (!offer.builtin || (await button.count())) return button.first().click()
    await bar.getByRole('button', { name: '更多' }).click()
    await page.locator('.n-dropdown-option').getByText(offer.title, { exact: true }).first().click()
  }
  await bar.first().waitFor()
  if (!offer.ask.length) {
    if (Object.keys(input).length) return { absent: `${Object.keys(input)} cannot be entered` }
    if (!offer.confirm) return outcome(wire, press)
    await press()
    // What is confirmed may be called 取消 itself: the button that does it is the last.
    return outcome(wire, () => page.locator('.n-dialog__action').getByRole('button', { name: offer.title, exact: true }).last().click())
  }
  await press()
  const form = page.locator('.n-modal.action')
  await form.waitFor()
  const left = await fillAll(wire, form, offer.ask, input, names, { builtin: offer.builtin, data: seen.data })
  if (left) return { absent: left }
  if (happened) {
    await form.getByText('补记：不是现在发生的').click()
    await form.locator('.earlier input').fill(local(happened))
  }
  // An open calendar lies over the buttons until one looks elsewhere.
  if (happened || hasCalendar(offer.ask, input)) await form.locator('.n-card-header').first().click({ position: { x: 8, y: 8 } })
  return outcome(wire, async () => {
    await form.locator('.n-card__footer').getByRole('button', { name: offer.title, exact: true }).last().click()
    if (offer.confirm) await page.locator('.n-popconfirm__action').getByRole('button', { name: offer.title, exact: true }).last().click()
  })
}
/** Gives up the form that is open; nothing may lie over the page. */
async function lookUp(page) {
  const form = page.locator('.n-modal.action')
  if (await form.count()) {
    await form.locator('.n-card__footer').getByRole('button', { name: '取消', exact: true }).first().click()
    await form.waitFor({ state: 'detached' })
  }
  return !(await page.locator('.n-modal, .n-popover:visible').count())
}

/** Whether a day or an instant is entered, also in a row of a table. */
const hasCalendar = (fields, input) =>
  fields.some((field) => input[field.name] != null && (['date', 'time', 'signature'].includes(shownType(field)) || (field.columns ?? []).some((column) => ['date', 'time'].includes(column.type))))

/** Fills what is given, in the order of the form; tells what cannot be entered. */
/** A verb every case has may leave out what the case has no use for. */
async function fillAll(wire, scope, fields, input, names, { builtin = false, data = {} } = {}) {
  const missing = builtin ? [] : Object.keys(input).filter((name) => !fields.some((field) => field.name === name))
  if (missing.length) return `${missing} cannot be entered`
  for (const field of fields.filter((one) => one.name in input)) {
    const place = scope.locator(`[data-field="${field.name}"]`)
    if (!(await place.waitFor({ timeout: 3000 }).then(() => true, () => false))) return `${field.name} is not asked`
    const why = cannotBeEntered(field, input, data)
    if (why) return why
    await fill(wire, place, field, input[field.name], names)
  }
  return null
}

async function fill(wire, place, field, value, names) {
  const { page } = wire
  switch (shownType(field)) {
    case 'files':
      for (const name of value) {
        const before = wire.files.length
        if (!(await place.locator('.add').count())) throw new Absent(`${field.name} takes no other file`)
        await place.locator('input[type=file]').last().setInputFiles(photo(`${name}.png`))
        await wire.kept(before + 1)
        wire.named.push(name)
      }
      return
    case 'signature': {
      const before = wire.files.length
      await place.locator('canvas').waitFor()
      // An open calendar lies over what comes next until one looks elsewhere.
      await place.click({ position: { x: 2, y: 2 } })
      await sign(page, place.locator('canvas'))
      await wire.kept(before + 1)
      wire.named.push(value)
      return place.locator('img').first().waitFor()
    }
    case 'flag':
      return place.locator('.n-radio-button', { hasText: value ? '是' : '否' }).first().click()
    case 'choices':
      return tick(place, value)
    case 'person': case 'home':
      return choose(place, names[value] ?? value, true)
    case 'customer':
      return choose(place, names[value] ?? value)
    case 'place':
      return where(page, place, value)
    case 'checklist':
      return field.checklist ? checklist(wire, place, field, value, names) : tick(place, value)
    case 'table':
      return field.checklist ? checklist(wire, place, field, value, names) : table(wire, place, field, value, names)
    case 'choice': {
      if (value == null) return empty(place)
      const button = place.locator('.n-radio-button').getByText(value, { exact: true })
      return (await button.count()) ? button.first().click() : choose(place, value)
    }
    case 'date': case 'time': {
      const box = place.locator('input').first()
      await box.waitFor()
      await box.fill(valueOf(field, value))
      return box.press('Enter')
    }
    default: {
      // A case is looked for by its number, a side of a signature is a button.
      const button = place.locator('.n-radio-button')
      if (await button.count()) return button.nth(0).click()
      if (await place.locator('.n-base-selection').count()) return choose(place, names[value] ?? value, !!field.record)
      return place.locator('textarea, input').first().fill(valueOf(field, value))
    }
  }
}

/** Opens the list, and takes what it shows; what it does not show is looked for by typing. `slow` lists come from the server. */
async function choose(place, words, slow = false) {
  const page = place.page()
  const selection = place.locator('.n-base-selection').first()
  const option = page.locator('.n-base-select-option:visible', { hasText: words }).first()
  const there = (timeout) => option.waitFor({ timeout }).then(() => true, () => false)
  const taken = selection.filter({ hasText: words })
  let shown = ''
  for (let tries = 0; tries < 3; tries++) {
    await selection.click()
    // The list before it goes away for a moment.
    await until(async () => (await page.locator('.n-base-select-menu:visible').count()) === 1, 'one list', 5)
    if (!(await there(slow ? 500 : 50))) {
      await selection.locator('input').first().fill(words)
      await there(2000)
    }
    // The list may be drawn anew under the finger.
    const done = await option.click({ timeout: 1500 }).then(() => taken.waitFor({ timeout: 1500 })).then(() => true, () => false)
    if (done) return
    shown = (await page.locator('.n-base-select-menu:visible').allInnerTexts()).join(' / ')
    await page.keyboard.press('Escape')
  }
  if (shown.includes(NOT_ON_RECORD)) throw new Absent(`${words} is not on record`)
  throw new Error(`could not choose ${words}: ${shown}`)
}

async function tick(place, values) {
  if (await place.locator('.n-base-selection').count()) {
    for (const value of values) await choose(place, value)
    return
  }
  for (const box of await place.locator('.n-checkbox').all()) {
    const on = (await box.getAttribute('aria-checked')) === 'true'
    if (on !== values.includes((await box.innerText()).trim())) await box.click()
  }
}

/** Takes back what was chosen. */
async function empty(place) {
  await place.locator('.n-base-selection').hover()
  await place.locator('.n-base-clear__clear').click()
}

async function where(page, place, value) {
  if (value.text) await place.locator('input').first().fill(value.text)
  if (value.lat == null) return
  await place.locator('button').first().click()
  await place.locator('.num').waitFor()
}

async function table(wire, place, field, rows, names) {
  const columns = field.columns ?? []
  // What stood before may be shown below, as a table as well.
  const table = place.locator('.rows').first()
  // A form begins with the rows that stand: they are taken out, so that nothing of them is left.
  for (let more = await table.locator('tbody tr').count(); more > 0; more--) await table.locator('tbody tr').nth(more - 1).locator('> td').last().locator('button').click()
  for (const [at, row] of rows.entries()) {
    const line = table.locator('tbody tr').nth(at)
    if (!(await line.count())) {
      const add = table.locator('> .n-button')
      if (!(await add.count())) throw new Absent(`${field.name} takes no row ${at + 1}`)
      await add.click()
    }
    await line.waitFor()
    for (const [nth, column] of columns.entries()) {
      if (column.name in row && column.type !== 'computed') await fill(wire, line.locator('> td').nth(nth + 1), column, row[column.name], names)
    }
  }
}

async function checklist(wire, place, field, rows, names) {
  await place.locator('.line, .faint').first().waitFor()
  // What the home does not have, or the service does not need, is not looked at: there is no line for it.
  const labels = await place.locator('.line').evaluateAll((all) =>
    all.map((line) => [line.closest('section').querySelector('h4')?.textContent.trim(), line.querySelector('[aria-label]').getAttribute('aria-label')].filter(Boolean).join(' ')))
  const lines = new Map(labels.map((label, nth) => [label, nth]))
  for (const row of rows) {
    const label = [row.room, row.item].filter(Boolean).join(' ')
    if (row.state == null || !lines.has(label)) continue
    const line = place.locator('.line').nth(lines.get(label))
    await line.locator('.n-radio-button').getByText(row.state, { exact: true }).first().click()
    for (const column of (field.columns ?? []).filter((one) => one.name in row && !['item', 'room', 'state'].includes(one.name))) {
      const cell = line.locator('.more > div', { has: wire.page.locator('.label', { hasText: column.title }) })
      await until(() => cell.count(), `${column.title} of ${row.item}`, 3)
      await fill(wire, cell, column, row[column.name], names)
    }
  }
}
