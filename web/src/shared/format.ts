import { t } from './i18n'

/** The company's zone: a fixed offset, +08:00. */
const ZONE_MS = 8 * 3_600_000
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** A Date whose UTC getters read the company's local time. */
const local = (at: number): Date => new Date(at + ZONE_MS)
const two = (n: number): string => String(n).padStart(2, '0')

/** Local day of an instant, `YYYY-MM-DD`. */
export function dayOf(at: number): string {
  return local(at).toISOString().slice(0, 10)
}
/** Instant of 00:00 local time of a day. */
export function startOfDay(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) - ZONE_MS
}
/** `HH:MM` local. */
export function clockTime(at: number): string {
  const d = local(at)
  return `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}`
}
/** `2026-11-22 17:05`. */
export function dateTime(at: number | null | undefined): string {
  return at == null ? '' : `${dayOf(at)} ${clockTime(at)}`
}
/** As short as it can be told apart: `17:05`, `昨天 17:05`, `11-20 17:05`, `2025-11-20`. */
export function shortTime(at: number, now: number): string {
  const days = Math.round((startOfDay(dayOf(at)) - startOfDay(dayOf(now))) / DAY)
  if (days === 0) return clockTime(at)
  if (days === -1) return `${t('time.yesterday')} ${clockTime(at)}`
  if (days === 1) return `${t('time.tomorrow')} ${clockTime(at)}`
  if (dayOf(at).slice(0, 4) === dayOf(now).slice(0, 4)) return `${dayOf(at).slice(5)} ${clockTime(at)}`
  return dayOf(at)
}

/** A length of time in its two largest units: `1小时20分`, `3天2小时`; seconds only below ten minutes. */
export function span(ms: number): string {
  const abs = Math.abs(ms)
  const part = (key: string, n: number): string => (n > 0 ? t(`time.${key}`, { n }) : '')
  if (abs >= DAY) return part('day', Math.floor(abs / DAY)) + part('hour', Math.floor((abs % DAY) / HOUR))
  if (abs >= HOUR) return part('hour', Math.floor(abs / HOUR)) + part('minute', Math.floor((abs % HOUR) / MINUTE))
  if (abs >= 10 * MINUTE) return part('minute', Math.floor(abs / MINUTE))
  return part('minute', Math.floor(abs / MINUTE)) + t('time.second', { n: Math.floor((abs % MINUTE) / 1000) })
}
/** `3小时前`, for what happened. */
export function ago(at: number, now: number): string {
  return now - at < MINUTE ? t('time.justNow') : t('time.ago', { span: span(now - at) })
}

/** Fen as yuan with two decimals and thousands: `1,234.50`; without the sign, which the label carries. */
export function yuan(fen: number | null | undefined): string {
  if (fen == null) return ''
  const [whole, cents] = (Math.abs(fen) / 100).toFixed(2).split('.')
  return `${fen < 0 ? '-' : ''}${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${cents}`
}
/** Typed yuan to fen without the errors of binary fractions; null when it is not an amount. */
export function toFen(text: string): number | null {
  const found = /^(-?)(\d+)(?:\.(\d{0,2}))?$/.exec(text.trim().replace(/[,，\s]/g, ''))
  if (!found) return null
  const fen = Number(found[2]) * 100 + Number((found[3] ?? '').padEnd(2, '0') || 0)
  return found[1] ? -fen : fen
}
/** At most two decimals, none when whole. */
export function plainNumber(n: number): string {
  return String(Math.round(n * 100) / 100)
}
/** A clause's period in words: 2026-W48 is 2026年第48周. */
export function period(name: string): string {
  const [year, rest] = [name.slice(0, 4), name.slice(5)]
  if (rest.startsWith('W')) return `${year}年第${Number(rest.slice(1))}周`
  if (rest.startsWith('Q')) return `${year}年第${rest.slice(1)}季度`
  return name
}

/** A clause's figure: percent for a share, a count otherwise. */
export function figure(kind: string, value: number | null | undefined): string {
  if (value == null) return '—'
  return kind === 'share' ? `${plainNumber(value)}%` : plainNumber(value)
}

/**
 * Date pickers speak the browser's zone; the company's zone may differ. These shift an instant so that the picker
 * shows the company's wall clock, and back.
 */
export function toPicker(at: number): number {
  return at + ZONE_MS + new Date(at).getTimezoneOffset() * MINUTE
}
export function fromPicker(shown: number): number {
  return shown - ZONE_MS - new Date(shown).getTimezoneOffset() * MINUTE
}
