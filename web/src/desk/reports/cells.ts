import type { Head } from '@/shared/api'
import { dateTime, plainNumber, yuan } from '@/shared/format'

/** A cell of a report as people read it. */
export function cellText(shown: Head['shown'], value: unknown): string {
  if (value == null) return '—'
  if (typeof value !== 'number') return String(value)
  switch (shown) {
    case 'percent': return `${plainNumber(value)}%`
    case 'moment': return dateTime(value)
    case 'money': return yuan(value)
    default: return plainNumber(value)
  }
}
/** Figures stand to the right, so that they can be compared. */
export const isFigure = (shown: Head['shown']): boolean => shown !== 'text' && shown !== 'moment'
