import { t } from '@/shared/i18n'

/** How many of a round's signatures are needed, in the words approval systems use; a single signer needs none. */
export function needText(need: number, slots: number): string {
  if (slots < 2) return ''
  if (need >= slots) return t('signing.all')
  return need === 1 ? t('signing.any') : t('signing.atLeast', { n: need })
}
