import { createI18n } from 'vue-i18n'
import zhCN from './locales/zh-CN'

export const i18n = createI18n({
  legacy: false,
  locale: 'zh-CN',
  globalInjection: true,
  messages: { 'zh-CN': zhCN },
})

/** The words for a key, for code outside of templates; templates use `$t`. */
export function t(key: string, values: Record<string, unknown> = {}): string {
  return i18n.global.t(key, values)
}
/** Adds an app's own words, so that the desk does not carry those of the phones and the other way round. */
export function addWords(words: Record<string, unknown>): void {
  i18n.global.mergeLocaleMessage('zh-CN', words)
}
