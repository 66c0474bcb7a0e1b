import type { Field, Case, Data, Offer } from './api/types'

/** What a built-in offer asks beyond form fields, chosen from the case itself. */
export type Special = 'slot' | 'case'
const SPECIALS: Record<string, Special> = { slot: 'slot', case: 'case' }

/** The special inputs of an offer; only built-in ones have any. */
export function specialOf(offer: Offer, field: Field): Special | null {
  return offer.builtin ? (SPECIALS[field.name] ?? null) : null
}

/** Slots of the open signing round that still wait for a signature. */
export function openSlots(of: Pick<Case, 'signing'>): { name: string; title: string }[] {
  const signing = of.signing
  return (signing?.rounds[signing.round]?.slots ?? []).filter((slot) => !slot.signed_at)
}

/** What is said or shown anew each time; starting from the last one would invite sending it twice. */
const FRESH = new Set(['text', 'time', 'files', 'signature'])

/** What the form of an offer starts with: the case's present values, and the only choice where there is just one. */
export function startValues(offer: Offer, of: Case): Data {
  const values: Data = {}
  for (const field of offer.ask) {
    // Personal values come masked: starting from the mask would store it.
    const kept = offer.builtin || field.personal || field.columns?.some((c) => c.personal) || FRESH.has(field.type) ? undefined : of.data[field.name]
    if (kept !== undefined && kept !== null) values[field.name] = kept
    if (specialOf(offer, field) === 'slot' && openSlots(of).length === 1) values.slot = openSlots(of)[0].name
  }
  return values
}

/** A signature whose slot has words of its own to be written needs no second box for remarks. */
function withOneOpinion(offer: Offer): Offer {
  const own = offer.builtin && offer.name === 'agree' && offer.ask.some((f) => f.name !== 'note' && f.type === 'text')
  return own ? { ...offer, ask: offer.ask.filter((f) => f.name !== 'note' || f.required) } : offer
}

/** Main offers first, then the manual's, then those every case has. */
export function sortOffers(offers: Offer[]): { main: Offer[]; usual: Offer[]; builtin: Offer[] } {
  offers = offers.map(withOneOpinion)
  return {
    main: offers.filter((o) => o.main),
    usual: offers.filter((o) => !o.main && !o.builtin),
    builtin: offers.filter((o) => !o.main && o.builtin),
  }
}
