import type { App } from 'vue'
import common from './locales/zh-CN/common'

/**
 * Words by dotted key, sentences with `{name}` in them. Our sentences need no plurals and no formats, and a library for
 * those would be a quarter of what a phone fetches before its first page. Another language is another set of words.
 */
type Words = { [key: string]: string | Words }

const words: Words = {}
/** Adds an app's own words, so that the desk does not carry those of the phones and the other way round. */
export function addWords(more: Words, into: Words = words): void {
  for (const [key, value] of Object.entries(more)) {
    const there = into[key]
    if (typeof value === 'string') into[key] = value
    else addWords(value, typeof there === 'object' ? there : (into[key] = {}))
  }
}
addWords(common)

const find = (key: string): string | undefined => {
  const found = key.split('.').reduce<string | Words | undefined>((at, part) => (typeof at === 'object' ? at[part] : undefined), words)
  return typeof found === 'string' ? found : undefined
}
/** Whether there are words for a key. */
export const hasWords = (key: string): boolean => find(key) !== undefined

/** The words for a key, for code outside of templates; templates use `$t`. A key without words shows itself. */
export function t(key: string, values: Record<string, unknown> = {}): string {
  return (find(key) ?? key).replace(/\{(\w+)\}/g, (_whole, name: string) => String(values[name] ?? ''))
}
export const i18n = {
  install(app: App): void {
    app.config.globalProperties.$t = t
  },
}
