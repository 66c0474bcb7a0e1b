import { describe, expect, it } from 'vitest'
import { deadline } from './clock'
import { dateTime, dayOf, figure, fromPicker, period, shortTime, span, startOfDay, toFen, toPicker, yuan } from './format'

const at = Date.parse('2026-11-22T17:05:00+08:00')

describe('periods of clauses', () => {
  it('have names in words', () => {
    expect(['2026-W48', '2026-Q4', '2026-11', '2026'].map(period)).toEqual(['2026年第48周', '2026年第4季度', '2026-11', '2026'])
  })
})

describe('time', () => {
  it('is the company’s, whatever the device’s zone', () => {
    expect(dateTime(at)).toBe('2026-11-22 17:05')
    expect(dayOf(Date.parse('2026-11-22T16:30:00Z'))).toBe('2026-11-23')
    expect(dateTime(startOfDay('2026-11-22'))).toBe('2026-11-22 00:00')
    expect(fromPicker(toPicker(at))).toBe(at)
  })
  it('is short where it can be', () => {
    expect(shortTime(at - 3_600_000, at)).toBe('16:05')
    expect(shortTime(at - 86_400_000, at)).toBe('昨天 17:05')
    expect(shortTime(at - 3 * 86_400_000, at)).toBe('11-19 17:05')
    expect(shortTime(Date.parse('2025-03-01T09:00:00+08:00'), at)).toBe('2025-03-01')
  })
  it('names the two largest units', () => {
    expect(span(80 * 60_000)).toBe('1小时20分')
    expect(span(2 * 3_600_000)).toBe('2小时')
    expect(span(50 * 3_600_000)).toBe('2天2小时')
    expect(span(65_000)).toBe('1分5秒')
  })
})

describe('deadline', () => {
  it('tells in time, soon and late by word and shape', () => {
    expect(deadline({ due_at: at + 5 * 3_600_000 }, at)).toEqual({ state: 'calm', text: '剩 5小时', mark: '○' })
    expect(deadline({ due_at: at + 20 * 60_000 }, at).state).toBe('soon')
    expect(deadline({ due_at: at - 2 * 3_600_000 }, at)).toEqual({ state: 'late', text: '已超 2小时', mark: '▲' })
    expect(deadline({ due_at: at - 1, paused: true }, at).state).toBe('paused')
  })
  it('warns in the last fifth of a long limit', () => {
    const start = at - 40 * 3_600_000
    expect(deadline({ due_at: at + 8 * 3_600_000, started_at: start }, at).state).toBe('soon')
    expect(deadline({ due_at: at + 20 * 3_600_000, started_at: start }, at).state).toBe('calm')
  })
})

describe('money', () => {
  it('shows fen as yuan', () => {
    expect(yuan(123456789)).toBe('1,234,567.89')
    expect(yuan(-5)).toBe('-0.05')
    expect(yuan(null)).toBe('')
  })
  it('reads yuan exactly', () => {
    expect(toFen('1,234.5')).toBe(123450)
    expect(toFen('0.29')).toBe(29)
    expect(toFen('8')).toBe(800)
    expect(toFen('-1.05')).toBe(-105)
    expect(toFen('1.234')).toBeNull()
    expect(toFen('')).toBeNull()
  })
})

it('shows figures of clauses', () => {
  expect(figure('share', 96.666)).toBe('96.67%')
  expect(figure('breaks', 3)).toBe('3')
  expect(figure('share', undefined)).toBe('—')
})
