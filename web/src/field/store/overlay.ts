import type { AheadView, Case, Data, Offer } from '@/shared/api'
import type { Queued } from './db'

/** A case as it will be when what waits has been sent. */
export interface Shown {
  stage: string
  stageTitle: string
  tone?: string
  actions: Offer[]
  /** With what was entered, for conditions of the next forms. */
  data: Data
  /** The next actions are foreseen, not offered: the server will check them. */
  foreseen: boolean
  /** What waits ends the case. */
  ends: boolean
}

/**
 * Lays the waiting actions over the case. What comes next is taken from `ahead`, which the server worked out for each
 * stage while there was a line; without it nothing but what stays in the stage can follow.
 */
export function overlay(of: Case, waiting: Queued[], ahead?: AheadView): Shown {
  let shown: Shown = { stage: of.stage, stageTitle: of.stage_title, tone: of.tone, actions: of.actions, data: of.data, foreseen: false, ends: false }
  for (const entry of waiting) {
    shown = { ...shown, data: { ...shown.data, ...entry.input } }
    // Done once is enough: what was sent must not be offered again.
    const rest = shown.actions.filter((offer) => offer.name !== entry.action || entry.builtin)
    const next = entry.to ? ahead?.stages.find((stage) => stage.title === entry.to) : undefined
    if (!entry.to) shown.actions = rest
    else {
      const always = of.actions.filter((offer) => offer.name === 'note')
      Object.assign(shown, { stageTitle: entry.to, foreseen: true, ends: !!ahead && !next, actions: [...(next?.actions ?? []), ...always] })
      if (next) Object.assign(shown, { stage: next.name, tone: next.tone })
    }
  }
  return shown
}
