import { t } from '@/shared/i18n'

/** How many of a round's signatures are needed, in words. */
export function needText(need: string | { 'at-least': number } | undefined): string {
  if (typeof need === 'object') return t('signing.atLeast', { n: need['at-least'] })
  return t(need === 'any' ? 'signing.any' : 'signing.all')
}
