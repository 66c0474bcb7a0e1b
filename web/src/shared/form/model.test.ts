import { describe, expect, it } from 'vitest'
import { placesOf, rowsOf, standingOf } from './checklist'
import { collect, starsOf, validate, visibleFields, type FormField } from './model'

const field = (extra: Partial<FormField> & Pick<FormField, 'type'>): FormField => ({ name: 'f', title: '内容', ...extra })
const check = (extra: Partial<FormField> & Pick<FormField, 'type'>, value: unknown) => validate([field(extra)], { f: value }).f

describe('required', () => {
  it('refuses blanks and empty lists, accepts zero and no', () => {
    expect(check({ type: 'line', required: true }, '  ')).toBe('请填写“内容”')
    expect(check({ type: 'files', required: true }, [])).toBe('请上传“内容”')
    expect(check({ type: 'place', required: true }, { text: '' })).toBeTruthy()
    expect(check({ type: 'number', required: true }, 0)).toBeUndefined()
    expect(check({ type: 'flag', required: true }, false)).toBeUndefined()
  })
})

describe('limits', () => {
  it('reads min and max of money as yuan', () => {
    expect(check({ type: 'money', max: 100 }, 10_001)).toBe('不能大于 100')
    expect(check({ type: 'money', max: 100 }, 10_000)).toBeUndefined()
  })
  it('counts characters, files and rows', () => {
    expect(check({ type: 'text', max: 2 }, '一二三')).toBe('最多 2 字')
    expect(check({ type: 'files', min: 2 }, ['a'])).toBe('至少 2 个文件')
    expect(check({ type: 'table', max: 1, columns: [] }, [{}, {}])).toBe('最多 1 行')
  })
  it('looks into the rows of a table', () => {
    const table = field({ type: 'table', columns: [{ name: 'n', title: '数量', type: 'number', min: 1 }] })
    expect(validate([table], { f: [{ n: 1 }, { n: 0 }] })).toEqual({ 'f.1.n': '不能小于 1' })
  })
})

it('sends only what was entered, and never what is computed', () => {
  const fields = [field({ type: 'line' }), field({ name: 'g', type: 'number' }), field({ name: 'c', type: 'computed', of: 'money' })]
  expect(collect(fields, { f: ' 漏水 ', g: undefined, c: 5, other: 1 })).toEqual({ f: '漏水' })
})

it('says of what was emptied that it is empty', () => {
  const fields = [field({ type: 'line' }), field({ name: 'g', type: 'table', columns: [] }), field({ name: 'h', type: 'line' })]
  expect(collect(fields, { f: ' ', g: [], h: null }, {}, { f: '小时', g: [{ n: 1 }] })).toEqual({ f: null, g: null })
})

it('knows a rating by its choices', () => {
  expect(starsOf(field({ type: 'choice', choices: ['1星', '2星', '3星', '4星', '5星'] }))).toHaveLength(5)
  expect(starsOf(field({ type: 'choice', choices: ['1星', '其他', '3星'] }))).toBeNull()
})

describe('a checklist', () => {
  const column = (name: string, type: FormField['type'], extra = {}) => ({ name, title: name, type, ...extra })
  const list = field({
    type: 'table',
    required: true,
    columns: [column('room', 'line'), column('item', 'line'), column('state', 'choice', { choices: ['合格', '不合格'] }), column('note', 'text', { required: true })],
    checklist: {
      rooms: ['客厅', '厨房'],
      rooms_from: 'rooms',
      failed: ['不合格'],
      ask: ['note'],
      items: [
        { item: '墙面', required: true },
        { item: '面板', required: false },
        { item: '燃气', required: true, show: { op: 'eq', a: { op: 'var', ty: 'text', path: 'row.room' }, b: { op: 'value', value: '厨房' } } },
      ],
    },
  })
  const both = { rooms: ['厨房', '客厅'] }
  const row = (room: string, item: string, state?: string, more = {}) => ({ room, item, ...(state && { state }), ...more })

  it('has a row for each item in each room that there is', () => {
    const [seen] = visibleFields([list], both)
    expect(seen.places?.map((p) => `${p.room}${p.item}`)).toEqual(['客厅墙面', '客厅面板', '厨房墙面', '厨房面板', '厨房燃气'])
    expect(visibleFields([list], {}, { rooms: ['客厅'] })[0].places).toHaveLength(2)
  })
  it('wants what must be looked at, and words of what failed', () => {
    expect(validate([list], {}).f).toBe('请先选好位置')
    expect(validate([list], { ...both, f: [row('客厅', '墙面', '合格')] }).f).toBe('还有 2 项没有填')
    const failed = [row('客厅', '墙面', '合格'), row('厨房', '墙面', '不合格'), row('厨房', '燃气', '合格')]
    expect(validate([list], { ...both, f: failed })).toEqual({ 'f.2.note': '请填写“note”' })
    failed[1] = row('厨房', '墙面', '不合格', { note: '空鼓' })
    expect(validate([list], { ...both, f: failed })).toEqual({})
    const standing = standingOf(list.checklist!, rowsOf(placesOf(list.checklist!, both), failed))
    expect(standing).toEqual({ all: 5, done: 3, failed: 1, missing: 0 })
  })
  it('sends every row in order, and nothing of rooms that are gone', () => {
    const f = [row('厨房', '燃气', '合格'), row('客厅', '墙面', '合格')]
    expect(collect([list], { rooms: ['客厅'], f }).f).toEqual([row('客厅', '墙面', '合格'), row('客厅', '面板')])
  })
})
