// The hands of the stories: a line of JSON says who does what where; it is done with the controls of that person's page
// in a real browser, and a line tells what came of it.
import { createInterface } from 'node:readline'
import { openBrowser, shoot } from '../support.mjs'
import { oneAddress } from './address.mjs'
import { act, open } from './desk.mjs'
import { actAtGate, actByLink, actInField, reportByLink } from './phone.mjs'
import { Absent, NOT_OFFERED } from './outcome.mjs'
import { Seat } from './seat.mjs'

const browser = await openBrowser()
const address = await oneAddress()
console.log('ready')
/** The desk and the phone. */
const seats = new Map()
let company = ''

async function seat(request) {
  if (company !== request.base) {
    address.leadTo(request.base)
    company = request.base
  }
  const phone = Boolean(request.link || request.phone)
  if (!seats.has(phone)) seats.set(phone, await Seat.at(browser, address.base, phone))
  const seat = seats.get(phone)
  await seat.take(company, request)
  return seat
}

const handsOf = ({ open: start, link, phone, report }) => (report ? reportByLink : start ? open : link === 'gate' ? actAtGate : link ? actByLink : phone ? actInField : act)

async function perform(request) {
  const seated = await seat(request)
  const { wire } = seated
  wire.forget()
  await seated.stand(Object.values(request.input).find((value) => value?.lat != null))
  try {
    const said = await handsOf(request)(wire, request)
    if (!said.done && !said.refused && said.absent !== NOT_OFFERED) wire.place = null
    const ids = await wire.fileIds()
    return { ...said, files: Object.fromEntries(wire.named.map((name, nth) => [ids[nth] ?? '', name])) }
  } catch (error) {
    wire.place = null
    if (error instanceof Absent) return { absent: error.message }
    await shoot(wire.page, 'failed-stage').catch(() => undefined)
    return { wrong: String(error.message ?? error) }
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const began = performance.now()
  const request = JSON.parse(line)
  const said = await perform(request).catch((error) => ({ wrong: String(error.message ?? error) }))
  if (process.env.STAGE_TIMES) console.error(Math.round(performance.now() - began), request.who, request.link ?? '', request.action ?? request.open.kind, JSON.stringify(said).slice(0, 200))
  console.log(JSON.stringify(said))
}
await browser.close()
address.end()
