import type { Checklist, Data, Field, Place } from '../api/types'
import { holds, recordEnv, type Node } from '../expr'

/** What there is to look at: each item whose condition holds, in each room that there is, in the order of the manual. */
export function placesOf(list: Checklist, values: Data, around: Data = {}): Place[] {
  const there = list.rooms_from ? ((values[list.rooms_from] ?? around[list.rooms_from] ?? []) as string[]) : null
  const rooms: (string | undefined)[] = there ? (list.rooms ?? []).filter((room) => there.includes(room)) : list.rooms?.length ? list.rooms : [undefined]
  const looked = (item: Checklist['items'][number], room?: string) => item.show == null || holds(item.show as Node, recordEnv({ ...around, ...values, row: { room, item: item.item } }))
  return rooms.flatMap((room) => list.items.filter((item) => looked(item, room)).map(({ item, required }) => ({ ...(room !== undefined && { room }), item, required })))
}

const same = (place: Place, row: Data) => row.item === place.item && (row.room ?? undefined) === place.room

/** A row for each place, with what was found there. */
export function rowsOf(places: Place[], value: unknown): Data[] {
  const rows = Array.isArray(value) ? (value as Data[]) : []
  return places.map((place) => ({ ...rows.find((row) => same(place, row)), ...(place.room !== undefined && { room: place.room }), item: place.item }))
}

export const stateOf = (row: Data): string => (typeof row.state === 'string' ? row.state : '')
export const hasFailed = (list: Checklist, row: Data): boolean => list.failed.includes(stateOf(row))

/** How far a checklist has come. */
export interface Standing {
  all: number
  done: number
  failed: number
  missing: number
}
export function standingOf(list: Checklist, rows: Data[], places?: Place[]): Standing {
  const required = (row: Data, i: number) => places?.[i]?.required ?? list.items.find((item) => item.item === row.item)?.required ?? true
  return {
    all: rows.length,
    done: rows.filter(stateOf).length,
    failed: rows.filter((row) => hasFailed(list, row)).length,
    missing: rows.filter((row, i) => !stateOf(row) && required(row, i)).length,
  }
}

/** The rows room by room, each with its place among all; one group without a name where there are no rooms. */
export function byRoom(rows: Data[]): { room: string; rows: { row: Data; index: number }[] }[] {
  const groups: { room: string; rows: { row: Data; index: number }[] }[] = []
  rows.forEach((row, index) => {
    const room = typeof row.room === 'string' ? row.room : ''
    const group = groups.at(-1)?.room === room ? groups.at(-1) : groups[groups.push({ room, rows: [] }) - 1]
    group?.rows.push({ row, index })
  })
  return groups
}

const GIVEN = new Set(['item', 'room', 'state'])
/** The columns to fill beside the state: those that are asked only of a failure, only there. */
export const columnsFor = (field: Field, row: Data): Field[] => {
  const list = field.checklist
  return (field.columns ?? []).filter((c) => !GIVEN.has(c.name) && c.type !== 'computed' && (!list || !list.ask.includes(c.name) || hasFailed(list, row)))
}
export const statesOf = (field: Field): string[] => field.columns?.find((c) => c.name === 'state')?.choices ?? []
