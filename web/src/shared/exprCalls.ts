import type { Type, Value } from './expr'

/** Functions of values, step by step as `crates/engine/src/expr/calls.rs` does them. Calendars are not for browsers. */
export type Func =
  | 'later' | 'add_months' | 'apart' | 'date_of' | 'start_of'
  | 'year' | 'month' | 'day' | 'weekday' | 'hour'
  | 'workdays' | 'workdays_between'
  | 'round' | 'floor' | 'ceil' | 'min' | 'max'

const DAY = 86_400_000
const MAX_INT = 1e14
const MOST = 120_000
const DATE = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/

/** Half away from zero, step by step as the other interpreters do it. */
export function round(x: number): number {
  return Math.abs(x) > 4503599627370496 ? x : Math.trunc(x + (x < 0 ? -0.5 : 0.5))
}

/** Value of a function; null when an operand is, or the answer is out of range. */
export function call(name: Func, ty: Type, args: Value[], offset = 480): Value {
  const found = answer(name, args, offset * 60_000)
  if (typeof found !== 'number') return found
  if (!Number.isFinite(found)) return null
  return (ty === 'time' || ty === 'span') && Math.abs(found) > MAX_INT ? null : found
}

function answer(name: Func, [a = null, b = null]: Value[], zone: number): Value {
  switch (name) {
    case 'min':
    case 'max': {
      if (a === null || b === null || typeof a !== typeof b) return null
      return (a <= b) === (name === 'min') ? a : b
    }
    case 'round':
      return rounded(a, b, round)
    case 'floor':
      return rounded(a, b, Math.floor)
    case 'ceil':
      return rounded(a, b, Math.ceil)
    case 'date_of':
      return typeof a === 'number' ? shown(Math.floor((a + zone) / DAY)) : null
    case 'hour':
      return typeof a === 'number' ? new Date(a + zone).getUTCHours() : null
    default:
      return ofDay(name, days(a), b, zone)
  }
}

function ofDay(name: Func, day: number | null, b: Value, zone: number): Value {
  if (day === null) return null
  const date = new Date(day * DAY)
  switch (name) {
    case 'later':
      return typeof b === 'number' ? shown(day + Math.floor(b / DAY)) : null
    case 'add_months':
      return typeof b === 'number' ? addMonths(date, Math.trunc(b)) : null
    case 'apart': {
      const other = days(b)
      return other === null ? null : (day - other) * DAY
    }
    case 'start_of':
      return day * DAY - zone
    case 'year':
      return date.getUTCFullYear()
    case 'month':
      return date.getUTCMonth() + 1
    case 'day':
      return date.getUTCDate()
    case 'weekday':
      return date.getUTCDay() || 7
    default:
      return null
  }
}

/** Days since 1970-01-01 of an existing day of the years 1 to 9999. */
function days(value: Value): number | null {
  if (typeof value !== 'string' || !DATE.test(value)) return null
  const [year = 0, month = 0, day = 0] = value.split('-').map(Number)
  const date = utc(year, month - 1, day)
  const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  return exists && year > 0 ? date.getTime() / DAY : null
}

/** `Date.UTC` takes years below 100 for those of the last century. */
function utc(year: number, month: number, day: number): Date {
  const date = new Date(0)
  date.setUTCFullYear(year, month, day)
  return date
}

function shown(day: number): string | null {
  const date = new Date(day * DAY)
  const year = date.getUTCFullYear()
  return year >= 1 && year <= 9999 ? `${String(year).padStart(4, '0')}${date.toISOString().slice(-20, -14)}` : null
}

function addMonths(date: Date, n: number): string | null {
  if (Math.abs(n) > MOST) return null
  const month = date.getUTCFullYear() * 12 + date.getUTCMonth() + n
  const [year, at] = [Math.floor(month / 12), ((month % 12) + 12) % 12]
  const last = utc(year, at + 1, 0).getUTCDate()
  return shown(utc(year, at, Math.min(date.getUTCDate(), last)).getTime() / DAY)
}

/** To so many decimals; whole fen to yuan have minus two. */
function rounded(x: Value, digits: Value, whole: (x: number) => number): Value {
  if (typeof x !== 'number' || typeof digits !== 'number') return null
  const unit = 10 ** Math.abs(digits)
  return digits < 0 ? whole(x / unit) * unit : whole(x * unit) / unit
}
