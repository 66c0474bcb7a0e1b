import Dexie, { type EntityTable, type Table } from 'dexie'
import type { Data } from '@/shared/api'
import type { KeptFile } from '@/shared/phone/attachments'

/** An action that was done on the device and waits to reach the server. */
export interface Queued {
  /** Order in which it was done; given by the database. */
  order: number
  /** The `Idempotency-Key`: however often it is sent, it happens once. */
  id: string
  staff: string
  caseId: string
  number: string
  heading: string
  action: string
  title: string
  builtin: boolean
  /** As entered; photos by their local ids. */
  input: Data
  /** Stage and version of the case the person had before their eyes. */
  stage: string
  seq: number
  /** Title of the stage it leads to, if it leaves its stage. */
  to?: string
  happened_at: number
  /** Leave the time out: it was refused as too long ago, and the person chose to send it as of now. */
  undated?: boolean
  state: 'waiting' | 'refused'
  /** Why it was refused. */
  sentence?: string
  /** It was refused because of its time. */
  tooOld?: boolean
}
/** What the server said last, to be read without signal. */
interface Kept { key: string; staff: string; value: unknown; at: number }

export class FieldDb extends Dexie {
  queue!: EntityTable<Queued, 'order'>
  files!: EntityTable<KeptFile, 'id'>
  kept!: Table<Kept, [string, string]>

  constructor(name = 'yizhan-field') {
    super(name)
    this.version(1).stores({ queue: '++order, &id, staff, caseId', files: 'id, at', kept: '[staff+key], staff, at' })
  }
}
export const db = new FieldDb()

/** Forgets what a person read and photos nobody waits for; what still has to be sent stays. */
export async function forget(staff: string): Promise<void> {
  await db.kept.where('staff').equals(staff).delete()
}
