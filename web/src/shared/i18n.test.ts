import { expect, test } from 'vitest'
import { addWords, hasWords, t } from './i18n'

test('words of several apps lie side by side, and values are put into their sentences', () => {
  addWords({ probe: { left: '剩 {n} 件，{who}', deep: { one: '一' } } })
  addWords({ probe: { deep: { two: '二' } } })
  expect(t('probe.left', { n: 3, who: '李大力' })).toBe('剩 3 件，李大力')
  expect(t('probe.left', { n: 0 })).toBe('剩 0 件，')
  expect(t('probe.deep.one') + t('probe.deep.two')).toBe('一二')
  expect(hasWords('probe.deep')).toBe(false)
  expect(t('probe.nothing')).toBe('probe.nothing')
})
