import { describe, expect, it } from 'vitest'
import { collect, starsOf, validate, type FormField } from './model'

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

it('knows a rating by its choices', () => {
  expect(starsOf(field({ type: 'choice', choices: ['1星', '2星', '3星', '4星', '5星'] }))).toHaveLength(5)
  expect(starsOf(field({ type: 'choice', choices: ['1星', '其他', '3星'] }))).toBeNull()
})
