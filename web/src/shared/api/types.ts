// Shorter names for shapes of the API; the shapes themselves are in schema.d.ts, made by `make client`.
import type { components } from './schema'

type Schemas = components['schemas']
export type * from './schema'

export type Session = Schemas['SessionView']
export type Right = Session['may'][number]
export type Case = Schemas['CaseView']
export type ServedBy = Schemas['ServedBy']
export type Offer = Schemas['OfferView']
/** A field of a form; one that no manual describes says only what it is. */
export interface Field extends Pick<Schemas['FieldView'], 'name' | 'title' | 'type'>, Partial<Omit<Schemas['FieldView'], 'name' | 'title' | 'type' | 'columns'>> {
  columns?: Field[]
  /** Of a checklist in a form: what there is to look at now. */
  places?: Place[]
}
export type Checklist = Schemas['ChecklistView']
/** An item of a checklist, in a room where there are rooms. */
export interface Place {
  room?: string
  item: string
  required: boolean
}
export type Tone = Schemas['CaseRow']['tone']
export type Flow = Schemas['KindView']['flow']
export type FlowEdge = Flow['edges'][number]
/** Values of a form by the field's name; the manual says what each holds. */
export type Data = Schemas['ActionRequest']['input'] & object
