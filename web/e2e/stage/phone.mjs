// A person with a phone: an engineer in the field app, a guard at the gate, an owner or another guest by their link.
import { photo, until } from '../support.mjs'
import { signOnPhone } from '../ui.mjs'
import { outcome } from './outcome.mjs'
import { local, shownType, valueOf } from './words.mjs'

/** Takes an action of a case in the field app. */
export async function actInField(wire, { case: id, action, input, names }) {
  const { page } = wire
  const [seen] = await Promise.all([wire.ask(`/cases/${id}`), page.goto(`/field/cases/${id}`, SOON)])
  await page.locator('.bar, .note[role=alert]').first().waitFor()
  const offer = seen.actions?.find((one) => one.name === action)
  if (!offer) return { absent: 'the action is not offered' }
  const button = page.locator('.bar').getByRole('button', { name: offer.title, exact: true })
  const press = async () => {
    if (await button.count()) return button.first().click()
    await page.locator('.bar').getByRole('button', { name: '更多', exact: true }).click()
    await page.locator('.van-action-sheet__item', { hasText: offer.title }).first().click()
  }
  return take(wire, offer, press, input, names)
}

/** Takes an action by a link, on the page of whoever holds it. */
export async function actByLink(wire, { token, case: id, action, input, names }) {
  const { page } = wire
  const [seen] = await Promise.all([wire.ask('/owner', { 'x-owner-token': token }), page.goto(`/o/${token}`, SOON)])
  await page.locator('.matter, main .note, main .card').first().waitFor()
  const one = seen.case ?? seen.cases?.find((other) => other.id === id)
  const offer = one?.actions?.find((other) => other.name === action)
  if (!offer) return { absent: 'the action is not offered' }
  const nth = sorted(one.actions).findIndex((other) => other.name === action)
  const button = page.locator('.matter .actions > button').nth(nth)
  await button.waitFor()
  const title = (await button.innerText()).trim()
  return take(wire, { ...offer, title }, () => button.click(), input, names)
}
const SOON = { waitUntil: 'commit' }
/** As the page puts them: main ones first, then the manual's, then everybody's. */
const sorted = (offers) => [...offers.filter((o) => o.main), ...offers.filter((o) => !o.main && !o.builtin), ...offers.filter((o) => !o.main && o.builtin)]

/** Looks at a paper at the gate and does something with it. */
export async function actAtGate(wire, { token, action, input, names }) {
  const { page } = wire
  const [paper] = await Promise.all([wire.ask(`/gate/${token}`), page.goto('/field/gate', SOON)])
  await page.locator('.typed input').fill(token)
  await page.locator('.typed button').click()
  await page.locator('.answer').waitFor()
  const offer = paper.actions?.find((one) => one.name === action)
  if (!offer) return { absent: `the action is not offered: ${await page.locator('.answer').innerText()}` }
  const button = page.locator('main').getByRole('button', { name: offer.title, exact: true })
  return take(wire, { ...offer, confirm: offer.confirm ?? 'always' }, () => button.click(), input, names)
}

async function take(wire, offer, press, input, names) {
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
      return choose(page, place, value ? '是' : '否')
    case 'choice': {
      const stars = place.locator('.van-rate__item')
      if (await stars.count()) return stars.nth(field.choices.indexOf(value)).click()
      return choose(page, place, value)
    }
    case 'choices':
      for (const one of value) await choose(page, place, one)
      return
    case 'person': case 'customer': case 'home': {
      await place.locator('.box').click()
      const sheet = page.locator('.find')
      await sheet.locator('input').fill(names[value] ?? value)
      await sheet.locator('.one', { hasText: names[value] ?? value }).first().click()
      return sheet.waitFor({ state: 'hidden' })
    }
    case 'date': case 'time':
      return wheel(page, place, shownType(field) === 'time' ? local(value) : value)
    case 'place': {
      if (value.text) await place.locator('input').last().fill(value.text)
      if (value.lat == null) return
          await place.locator('button').first().click()
      return place.locator('.tag.good').waitFor()
    }
    case 'checklist': case 'table':
      return field.checklist ? checklist(wire, place, field, value, names) : shownType(field) === 'table' ? table(wire, place, field, value, names) : choices(page, place, value)
    default: {
      const chips = place.locator('.chip')
      if (await chips.count()) return chips.first().click()
      return place.locator('textarea, input').first().fill(valueOf(field, value))
    }
  }
}

const choices = async (page, place, values) => {
  for (const one of values) await choose(page, place, one)
}
async function choose(page, place, word) {
  const list = place.locator('button.box')
  if (!(await list.count())) {
    const chip = place.locator('.chip').filter({ hasText: new RegExp(`^[☑☐]?\\s*${word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`) }).first()
    return (await chip.getAttribute('aria-checked')) === 'true' ? undefined : chip.click()
  }
  await list.click()
  const sheet = page.locator('.choices:visible')
  await sheet.getByRole('button', { name: word, exact: true }).click()
  if (await sheet.isVisible()) await sheet.locator('header button').click().catch(() => undefined)
  return sheet.waitFor({ state: 'hidden' })
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
  for (const [at, row] of rows.entries()) {
    const entry = place.locator('.entry').nth(at)
    if (!(await entry.count())) await place.locator('button.add').last().click()
    await entry.waitFor()
    for (const column of (field.columns ?? []).filter((one) => one.name in row && one.type !== 'computed')) {
      await fill(wire, entry.locator('.cells > div', { has: wire.page.locator('.muted', { hasText: new RegExp(`^${column.title}$`) }) }).first(), column, row[column.name], names)
    }
  }
}

async function checklist(wire, place, field, rows, names) {
  for (const row of rows.filter((one) => one.state != null)) {
    const label = [row.room, row.item].filter(Boolean).join(' ')
    const line = place.locator('.line', { has: wire.page.locator(`[aria-label="${label}"]`) }).first()
    await line.getByRole('radio', { name: row.state, exact: true }).click()
    for (const column of (field.columns ?? []).filter((one) => one.name in row && !['item', 'room', 'state'].includes(one.name))) {
      const cell = line.locator('.cell', { has: wire.page.locator('.muted', { hasText: column.title }) }).first()
      await fill(wire, cell, column, row[column.name], names)
    }
  }
}
