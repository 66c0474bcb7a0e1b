import type { Data, Field } from '../api/types'
import { holds, type Node, recordEnv } from '../expr'
import { t } from '../i18n'
import { columnsFor, placesOf, rowsOf, standingOf } from './checklist'

/** A field as a form shows it; plain fields of a kind count as not required. */
export type FormField = Field
/** Sentences by field name; a table's cell is `table.0.column`. */
export type Errors = Record<string, string>

/** The type that is shown and entered; a computed field shows as its `of`. */
export const shownType = (field: Field): Exclude<Field['type'], 'computed'> =>
  field.type === 'computed' ? ((field.of ?? 'line') as Exclude<Field['type'], 'computed'>) : field.type

/** The choices of a rating in stars, fewest first; none for any other field. */
export function starsOf(field: Field): string[] | null {
  const choices = field.type === 'choice' ? (field.choices ?? []) : []
  return choices.length > 2 && choices.every((choice, i) => choice === `${i + 1}星`) ? choices : null
}

/** Nothing was entered. `false` is an answer to a flag. */
export function isEmpty(value: unknown): boolean {
  if (value == null || value === '') return true
  if (Array.isArray(value)) return value.length === 0
  if (typeof value === 'object') return Object.values(value).every((v) => v == null || v === '')
  return typeof value === 'string' && value.trim() === ''
}

/** Whether the field is asked for, given the values so far and what stands around the form (`case`, `home`…). */
export function isVisible(field: Field, values: Data, around: Data = {}): boolean {
  if (field.type === 'computed') return false
  if (field.show == null) return true
  return holds(field.show as Node, recordEnv({ ...around, ...values }))
}
/** The fields that are asked for; a checklist with what there is to look at. */
export function visibleFields<F extends Field>(fields: F[], values: Data, around: Data = {}): F[] {
  const visible = fields.filter((field) => isVisible(field, values, around))
  return visible.map((field) => (field.checklist ? { ...field, places: placesOf(field.checklist, values, around) } : field))
}

const MISSING: Partial<Record<Field['type'], string>> = {
  choice: 'chooseRequired', choices: 'chooseRequired', person: 'chooseRequired', customer: 'chooseRequired', home: 'chooseRequired',
  date: 'chooseRequired', time: 'chooseRequired', flag: 'chooseRequired', files: 'filesRequired', signature: 'signatureRequired',
}

function within(n: number, field: Field, keyMin: string, keyMax: string): string | null {
  if (field.min != null && n < field.min) return t(`form.${keyMin}`, { min: field.min })
  if (field.max != null && n > field.max) return t(`form.${keyMax}`, { max: field.max })
  return null
}

/** Checks one value against `min` and `max`, whose meaning depends on the type. */
function limits(field: Field, value: unknown): string | null {
  switch (field.type) {
    case 'number':
      return typeof value === 'number' && Number.isFinite(value) ? within(value, field, 'numberMin', 'numberMax') : t('form.notNumber')
    case 'money':
      // min and max are in yuan, the value in fen
      return typeof value === 'number' ? within(value / 100, field, 'numberMin', 'numberMax') : t('form.notNumber')
    case 'line':
    case 'text':
      return field.max != null && [...String(value)].length > field.max ? t('form.textMax', { max: field.max }) : null
    case 'files':
      return within((value as unknown[]).length, field, 'filesMin', 'filesMax')
    case 'table':
      return within((value as unknown[]).length, field, 'rowsMin', 'rowsMax')
    case 'checklist':
    case 'choices':
      return within((value as unknown[]).length, field, 'ticksMin', 'ticksMax')
    default:
      return null
  }
}

function checkOne(field: FormField, value: unknown): string | null {
  if (isEmpty(value)) return field.required ? t(`form.${MISSING[field.type] ?? 'required'}`, { title: field.title }) : null
  return limits(field, value)
}

/** What a checklist wants yet: a state of each item that must have one, and what is asked of a failure. */
function checklistErrors(field: FormField, value: unknown): Errors {
  const errors: Errors = {}
  const { places = [], checklist } = field
  if (!checklist) return errors
  const rows = rowsOf(places, value)
  const { missing } = standingOf(checklist, rows, places)
  if (field.required && checklist.rooms_from && !places.length) errors[field.name] = t('form.checkNoRoom')
  if (field.required && missing) errors[field.name] = t('form.checkMissing', { n: missing })
  rows.forEach((row, index) => {
    for (const [column, sentence] of Object.entries(validate(columnsFor(field, row), row))) errors[`${field.name}.${index}.${column}`] = sentence
  })
  return errors
}

/** Everything that keeps the form from being sent. The server checks again; this is for the person who types. */
export function validate(fields: FormField[], values: Data, around: Data = {}): Errors {
  const errors: Errors = {}
  for (const field of visibleFields(fields, values, around)) {
    const value = values[field.name]
    if (field.checklist) {
      Object.assign(errors, checklistErrors(field, value))
      continue
    }
    const sentence = checkOne(field, value)
    if (sentence) errors[field.name] = sentence
    if (field.type !== 'table' || !Array.isArray(value)) continue
    value.forEach((row: Data, index) => {
      for (const [column, cell] of Object.entries(validate(field.columns ?? [], row, around))) {
        errors[`${field.name}.${index}.${column}`] = cell
      }
    })
  }
  return errors
}

/** What is sent: visible fields that hold something; texts without the blanks around them. What `began` with a value and was emptied is sent as such. */
export function collect(fields: FormField[], values: Data, around: Data = {}, began: Data = {}): Data {
  const out: Data = {}
  for (const field of visibleFields(fields, values, around)) {
    const value = values[field.name]
    if (isEmpty(value)) {
      if (!isEmpty(began[field.name])) out[field.name] = null
      continue
    }
    if (field.checklist) {
      out[field.name] = rowsOf(field.places ?? [], value)
      continue
    }
    out[field.name] = typeof value === 'string' ? value.trim() : value
  }
  return out
}
