import type { TimelineEntry } from '@/shared/api'

/** What follows from a deed by itself: clocks, notices, links, who is put on the case. People look for the deeds first. */
const KINDS = new Set(['clock-started', 'clock-stopped', 'clock-paused', 'clock-resumed', 'clock-moved', 'clock-fired', 'notified', 'link-given', 'link-taken', 'joined', 'left', 'parent-asked'])
export const isBookkeeping = (entry: TimelineEntry): boolean => KINDS.has(entry.type)
