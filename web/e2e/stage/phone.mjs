// A person with a phone: an engineer in the field app, a guard at the gate, an owner or another guest by their link.
import { photo, until } from '../support.mjs'
import { signOnPhone } from '../ui.mjs'
import { Absent, NOT_OFFERED, outcome } from './outcome.mjs'
import { cannotBeEntered, local, NOT_ON_RECORD, shownType, valueOf } from './words.mjs'

/** Takes an action of a case in the field app. */
export async function actInField(wire, { case: id, action, input, names }) {
  const { page } = wire
  const seen = await wire.bring(`/field/cases/${id}`, () => wire.ask(`/cases/${id}`), () => lookUp(page))
  await page.locator('.bar, .note[role=alert]').first().waitFor()
  const offer = seen.actions?.find((one) => one.name === action)
  if (!offer) return { absent: NOT_OFFERED }
  const button = page.locator('.bar').getByRole('button', { name: offer.title, exact: true })
  const press = async () => {
    if (await button.count()) return button.first().click()
    await page.locator('.bar').getByRole('button', { name: '更多', exact: true }).click()
    await page.locator('.van-action-sheet__item', { hasText: offer.title }).first().click()
  }
  return take(wire, offer, press, input, names, seen.data)
}

/** What a link leads to, or that it leads nowhere any more. */
const THERE = 'main .note, main .card, main.none'

/** Takes an action by a link, on the page of whoever holds it. */
export async function actByLink(wire, { token, case: id, action, input, names }) {
  const { page } = wire
  const [seen] = await Promise.all([wire.ask('/owner', { 'x-owner-token': token }), wire.goTo(`/o/${token}`)])
  await page.locator(`.matter, ${THERE}`).first().waitFor()
  const one = seen.case ?? seen.cases?.find((other) => other.id === id)
  const offer = one?.actions?.find((other) => other.name === action)
  if (!offer) return { absent: NOT_OFFERED }
  const nth = sorted(one.actions).findIndex((other) => other.name === action)
  const button = page.locator('.matter .actions > button').nth(nth)
  await button.waitFor()
  const title = (await button.innerText()).trim()
  return take(wire, { ...offer, title }, () => button.click(), input, names, one.data)
}
/** Reports something on the page of a home. */
export async function reportByLink(wire, { token, report, input, names }) {
  const { page } = wire
  const [seen] = await Promise.all([wire.ask('/owner', { 'x-owner-token': token }), wire.goTo(`/o/${token}`)])
  await page.locator(`.reports, ${THERE}`).first().waitFor()
  const form = seen.reports?.find((one) => one.form === report)
  if (!form) return { absent: NOT_OFFERED }
  return take(wire, { ...form, confirm: null, builtin: false }, () => page.locator('.reports').getByRole('link', { name: form.title, exact: true }).click(), input, names)
}

/** Gives up the form that is open; nothing may lie over the page. */
async function lookUp(page) {
  const form = page.locator('.van-popup .form')
  if (await form.count()) {
    await form.locator('.van-nav-bar__left').click()
    const leave = page.locator('.van-dialog__confirm')
    await until(async () => !(await form.count()) || (await leave.isVisible()), 'the form to close')
    if (await form.count()) await leave.click()
    await form.waitFor({ state: 'detached' })
  }
  return !(await page.locator('.van-overlay:visible').count())
}
/** As the page puts them: main ones first, then the manual's, then everybody's. */
const sorted = (offers) => [...offers.filter((o) => o.main), ...offers.filter((o) => !o.main && !o.builtin), ...offers.filter((o) => !o.main && o.builtin)]

/** Looks at a paper at the gate and does something with it. */
export async function actAtGate(wire, { token, action, input, names }) {
  const { page } = wire
  const [paper] = await Promise.all([wire.ask(`/gate/${token}`), wire.goTo('/field/gate')])
  await page.locator('.typed input').fill(token)
  await page.locator('.typed button').click()
  await page.locator('.answer').waitFor()
  const offer = paper.actions?.find((one) => one.name === action)
  if (!offer) return { absent: `${NOT_OFFERED}: ${await page.locator('.answer').innerText()}` }
  const button = page.locator('main').getByRole('button', { name: offer.title, exact: true })
  return take(wire, { ...offer, confirm: offer.confirm ?? 'always' }, () => button.click(), input, names)
}

async function take(wire, offer, press, input, names, data = {}) {
  const { page } = wire
  if (!offer.ask.length) {
    if (Object.keys(input).length) return { absent: `${Object.keys(input)} cannot be entered` }
    return outcome(wire, async () => {
      await press()
      if (offer.confirm) await page.locator('.van-dialog__confirm').click()
    })
  }
  await press()
  const form = page.locator('.van-popup .form')
  await form.waitFor()
  const missing = offer.builtin ? [] : Object.keys(input).filter((name) => !offer.ask.some((field) => field.name === name))
  if (missing.length) return { absent: `${missing} cannot be entered` }
  for (const field of offer.ask.filter((one) => one.name in input)) {
    const place = form.locator(`[data-field="${field.name}"]`)
    if (!(await place.waitFor({ timeout: 3000 }).then(() => true, () => false))) return { absent: `${field.name} is not asked` }
    const why = cannotBeEntered(field, input, data)
    if (why) return { absent: why }
    await fill(wire, place, field, input[field.name], names)
  }
  return outcome(wire, async () => {
    await form.locator('footer').getByRole('button', { name: offer.title, exact: true }).click()
    if (!offer.confirm || offer.confirm === 'always') return
    // A form that must be mended first is not asked about.
    const sure = page.locator('.van-dialog__confirm')
    await sure.or(form.locator('.problem')).first().waitFor()
    if (await sure.isVisible()) await sure.click()
  })
}

async function fill(wire, place, field, value, names) {
  const { page } = wire
  switch (shownType(field)) {
    case 'files':
      for (const name of value) {
        const had = await place.locator('.file').count()
        if (!(await place.locator('.add').count())) throw new Absent(`${field.name} takes no other file`)
        await place.locator('input[type=file]').last().setInputFiles(photo(`${name}.png`))
        await until(async () => (await place.locator('.file').count()) > had, 'the photo')
        wire.named.push(name)
      }
      return
    case 'signature':
      await signOnPhone(page, place)
      wire.named.push(value)
      return
    case 'flag':
      return choose(page, place, [value ? '是' : '否'], false)
    case 'choice': {
      const stars = place.locator('.van-rate__item')
      if (await stars.count()) return stars.nth(field.choices.indexOf(value)).click()
      return choose(page, place, [value], false)
    }
    case 'choices':
      return choose(page, place, value, true)
    case 'person': case 'customer': case 'home':
      return find(page, place, names[value] ?? value)
    case 'date': case 'time':
      return wheel(page, place, shownType(field) === 'time' ? local(value) : value)
    case 'place': {
      if (value.text) await place.locator('input').last().fill(value.text)
      if (value.lat == null) return
          await place.locator('button').first().click()
      return place.locator('.tag.good').waitFor()
    }
    case 'checklist': case 'table':
      return field.checklist ? checklist(wire, place, field, value, names) : shownType(field) === 'table' ? table(wire, place, field, value, names) : choose(page, place, value, true)
    default: {
      if (field.record) return find(page, place, value)
      const chips = place.locator('.chip')
      if (await chips.count()) return chips.first().click()
      return place.locator('textarea, input').first().fill(valueOf(field, value))
    }
  }
}

/** Looks somebody or something up by name, and takes it. */
async function find(page, place, words) {
  await place.locator('.box').click()
  const sheet = page.locator('.find:visible')
  await sheet.locator('input').fill(words)
  const one = sheet.locator('.one', { hasText: words }).first()
  const none = sheet.getByText(NOT_ON_RECORD)
  await one.or(none).waitFor()
  if (await none.count()) throw new Absent(`${words} is not on record`)
  await one.click()
  return sheet.waitFor({ state: 'hidden' })
}

/** Taps what is to be tapped for just these words to stand chosen, among chips or in a sheet; `many` may stand. */
async function choose(page, place, words, many) {
  const list = place.locator('button.box')
  await place.locator('.chip, button.box').first().waitFor()
  const inSheet = await list.count()
  if (inSheet) await list.click()
  const sheet = page.locator('.choices:visible')
  const chips = await (inSheet ? sheet : place).locator('.chip').all()
  const found = await Promise.all(chips.map(async (chip) => ({ chip, word: (await chip.innerText()).replace(/^[☑☐]\s*/, '').trim(), on: (await chip.getAttribute('aria-checked')) === 'true' })))
  const absent = words.filter((word) => !found.some((one) => one.word === word))
  if (absent.length) throw new Error(`${absent} cannot be chosen among ${found.map((one) => one.word)}`)
  // Where one answer is taken, tapping it is enough; tapping what stands would take it back.
  for (const { chip, word, on } of found) if (words.includes(word) ? !on : on && many) await chip.click()
  if (!inSheet) return
  if (await sheet.isVisible()) await sheet.locator('header button').click().catch(() => undefined)
  await sheet.waitFor({ state: 'hidden' })
}

/** Turns the wheels of day and time. */
async function wheel(page, place, text) {
  await place.locator('.box').click()
  const sheet = page.locator('.van-popup:visible', { has: page.locator('.van-picker') }).last()
  const [day, time] = text.split(' ')
  const turn = async (picker, parts) => {
    for (const [nth, part] of parts.entries()) {
      const item = picker.locator('.van-picker-column').nth(nth).locator('.van-picker-column__item', { hasText: new RegExp(`^\\s*${part}\\s*$`) })
      await item.first().evaluate((node) => node.click())
    }
  }
  await turn(sheet.locator('.van-picker').first(), day.split('-'))
  if (time) {
    await sheet.getByText('下一步').click()
    await turn(sheet.locator('.van-picker').last(), time.split(':'))
  }
  await sheet.getByText(/^(确认|确定|完成)$/).last().click()
  await sheet.waitFor({ state: 'hidden' })
}

async function table(wire, place, field, rows, names) {
  // A form begins with the rows that stand: they are taken out, so that nothing of them is left.
  for (let more = await place.locator('.entry').count(); more > 0; more--) await place.locator('.entry').nth(more - 1).locator('.row button').first().click()
  for (const [at, row] of rows.entries()) {
    const entry = place.locator('.entry').nth(at)
    if (!(await entry.count())) {
      const add = place.locator('button.add:not(.entry *)')
      if (!(await add.count())) throw new Absent(`${field.name} takes no row ${at + 1}`)
      await add.click()
    }
    await entry.waitFor()
    for (const column of (field.columns ?? []).filter((one) => one.name in row && one.type !== 'computed')) {
      await fill(wire, entry.locator('.cells > div', { has: wire.page.locator('.muted', { hasText: new RegExp(`^${column.title}$`) }) }).first(), column, row[column.name], names)
    }
  }
}

async function checklist(wire, place, field, rows, names) {
  await place.locator('.states, .faint').first().waitFor()
  const given = await place.locator('.states [aria-checked=true]').count()
  // What the home does not have, or the service does not need, is not looked at: there is no line for it.
  const lines = new Map((await place.locator('.states').evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')))).map((label, nth) => [label, nth]))
  for (const row of rows) {
    const label = [row.room, row.item].filter(Boolean).join(' ')
    if (!lines.has(label) || (row.state == null && !given)) continue
    const line = place.locator('.line').nth(lines.get(label))
    // A second tap takes an answer back.
    const stands = given ? line.locator('.states [aria-checked=true]') : null
    const word = stands && (await stands.count()) ? (await stands.innerText()).trim() : null
    if (word !== (row.state ?? null)) await (row.state == null ? stands : line.getByRole('radio', { name: row.state, exact: true })).click()
    if (row.state == null) continue
    for (const column of (field.columns ?? []).filter((one) => one.name in row && !['item', 'room', 'state'].includes(one.name))) {
      const cell = line.locator('.cell', { has: wire.page.locator('.muted', { hasText: column.title }) }).first()
      await fill(wire, cell, column, row[column.name], names)
    }
  }
}
