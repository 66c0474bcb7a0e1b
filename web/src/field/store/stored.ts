import { Problem } from '@/shared/api'
import { db } from './db'

/** An answer, and when it was given if it comes from the device. */
export type Stored<T> = T & { storedAt?: number }

/**
 * Reads from the server and keeps the answer; without a line, reads what was kept. What the server refuses (signed out,
 * no longer visible) is not shown from the store.
 */
export async function stored<T extends object>(staff: string, key: string, read: () => Promise<T>): Promise<Stored<T>> {
  try {
    const value = await read()
    await db.kept.put({ key, staff, value, at: Date.now() })
    return value
  } catch (error) {
    if (!(error instanceof Problem) || !error.mayRetry) throw error
    const kept = await db.kept.get([staff, key])
    if (!kept) throw error
    return { ...(kept.value as T), storedAt: kept.at }
  }
}
/** When an answer was kept last; 0 when never. */
export async function storedAt(staff: string, key: string): Promise<number> {
  return (await db.kept.get([staff, key]))?.at ?? 0
}
export async function keep(staff: string, key: string, value: object): Promise<void> {
  await db.kept.put({ key, staff, value, at: Date.now() })
}

const OLD_MS = 30 * 86_400_000
const ORPHAN_MS = 2 * 86_400_000
/** Drops what nobody reads any more, and photos that belong to no queued action. */
export async function tidy(): Promise<void> {
  const now = Date.now()
  await db.kept.where('at').below(now - OLD_MS).delete()
  const waiting = JSON.stringify((await db.queue.toArray()).map((entry) => entry.input))
  const old = await db.files.where('at').below(now - ORPHAN_MS).primaryKeys()
  await db.files.bulkDelete(old.filter((id) => !waiting.includes(id)))
}
