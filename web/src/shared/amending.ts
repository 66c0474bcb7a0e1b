import type { Case, Field } from './api/types'

/** A field of the case above that this case is to change. */
export interface Amendment { field: Field; was: unknown; now: unknown; changed: boolean }

/** What a case is to change in the one above it, in the order of the manual. */
export function amendments(of: Pick<Case, 'amends' | 'fields' | 'data'>): Amendment[] {
  return of.amends.flatMap((one) => {
    const field = of.fields.find((f) => f.name === one.field)
    return field ? [{ field, was: one.was, now: of.data[one.field], changed: one.changed }] : []
  })
}

/** What stood in the amended fields above, by their names, for the form that asks for the new ones. */
export const valuesBefore = (of: Pick<Case, 'amends'>): Record<string, unknown> => Object.fromEntries(of.amends.map((one) => [one.field, one.was]))
