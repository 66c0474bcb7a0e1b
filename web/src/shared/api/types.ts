// Shapes of /api/v1, written by hand from its contract; `npm run client` makes the same from the server's description.
// One file on purpose, so that the generated one can take its place. Instants (`*_at`, `at`) are epoch milliseconds; money is an integer of fen.

export type Tone = 'waiting' | 'working' | 'held' | 'good' | 'void'
export type FieldType =
  | 'line' | 'text' | 'number' | 'money' | 'date' | 'time' | 'flag' | 'choice' | 'choices' | 'person' | 'customer'
  | 'home' | 'files' | 'signature' | 'place' | 'checklist' | 'table' | 'computed'
/** Expression tree as the server sends it; read only by `expr.ts`. */
export type ExprTree = unknown

export interface Field {
  name: string
  title: string
  type: FieldType
  help?: string
  choices?: string[]
  columns?: Field[]
  min?: number
  max?: number
  unit?: string
  show?: ExprTree
  personal?: boolean
  of?: FieldType
}
export interface AskedField extends Field { required: boolean }
export type Data = Record<string, unknown>

export interface Named { id: string; name: string }
export interface Titled { id: string; title: string }
export interface Items<T> { items: T[]; next?: string }

export type Right = 'desk' | 'field' | 'unmask' | 'measure' | 'estate' | 'people' | 'exchange' | 'manual'
export interface Session {
  staff: Named & { login: string; phone_masked?: string }
  posts: { name: string; title: string; department: string; site?: Named }[]
  may: Right[]
  sites: (Named & { code: string })[]
  csrf: string
  company: { name: string }
  demo: boolean
  now: number
}
export interface DemoAccounts {
  items: { login: string; name: string; post: string; password: string }[]
  owner?: { url: string }
}

export interface CaseRow {
  id: string
  number: string
  kind: string
  kind_title: string
  heading: string
  stage: string
  stage_title: string
  tone?: Tone
  closed: boolean
  site: Named
  home?: Titled
  customer?: Named
  assignee?: Named
  responsible?: Named
  urgency: 0 | 1 | 2
  level: number
  reminders: number
  opened_at: number
  closed_at?: number
  next_due?: { clock: string; title: string; due_at?: number; paused: boolean; breached: boolean }
  list: Data
}
export interface Offer {
  name: string
  title: string
  main: boolean
  confirm?: string
  ask: AskedField[]
  builtin: boolean
  to?: string
}
/** `lapsed`: the case ended before the clock was due. */
export type RunState = 'running' | 'paused' | 'met' | 'broken' | 'late' | 'lapsed'
export interface ClockRun {
  run: string
  clock: string
  title: string
  started_at: number
  due_at?: number
  stopped_at?: number
  paused_since?: number
  breached_at?: number
  state: RunState
  steps: { at?: number; title: string; fired_at?: number }[]
}
export interface SigningSlot {
  name: string
  title: string
  who_titles: string[]
  signed_by?: string
  signed_at?: number
  verdict?: string
  note?: string
}
export interface Signing {
  signoff: string
  title: string
  round: number
  /** done, refused or withdrawn; none while under way */
  outcome?: string
  rounds: { title: string; need: number; slots: SigningSlot[] }[]
}
export interface TimelineEntry {
  seq: number
  type: string
  title: string
  text?: string
  actor?: string
  actor_kind?: string
  happened_at: number
  recorded_at: number
  changes?: { field: string; title: string; value_text: string }[]
  files?: string[]
}
export interface Case extends CaseRow {
  seq: number
  kind_version: string
  data: Data
  /** Names of people, customers, homes and files in the form, by id. */
  names?: Record<string, string>
  fields: Field[]
  parent?: CaseRow
  children: CaseRow[]
  links: { case: CaseRow; why: string }[]
  merged_into?: string
  contact?: { id: string; number: string }
  people: { relation: string; relation_title: string; staff: Named }[]
  clocks: ClockRun[]
  signing?: Signing
  actions: Offer[]
  timeline: TimelineEntry[]
  passing?: { to: string; reason: string; from: string }
  owner_link?: string
  gate_code?: string
}
/** What the reader could do in each stage, for devices that go without signal. */
export interface Ahead { stages: { name: string; title: string; tone: Tone; actions: Offer[] }[] }
/** A paper as the guard at the gate sees it. */
export interface GateView {
  valid: boolean
  sentence: string
  number: string
  kind_title: string
  heading: string
  stage_title: string
  lines: { title: string; text: string }[]
}
export interface WorkItem extends CaseRow {
  why: 'assignee' | 'responsible' | 'sign' | 'pass' | 'member'
  waiting_title: string
}
export interface Work {
  items: WorkItem[]
  counts: { due_today: number; late: number; sign: number; pool: number }
}

export interface ContactRow {
  id: string
  number: string
  site_name: string
  channel: string
  channel_title: string
  customer?: Named
  home?: Titled
  caller_name?: string
  caller_phone_masked?: string
  said: string
  taker?: Named
  happened_at: number
  judgements: { name: string; title: string }[]
  cases: { id: string; number: string; kind_title: string; stage_title: string; closed: boolean }[]
  settled: boolean
}
export interface Contact extends ContactRow {
  done_at_once?: string
  follow_needed?: string
  feedback?: string
  read_back?: boolean
  case_rows?: CaseRow[]
}
export interface NewContact {
  site: string
  channel: string
  customer?: string
  home?: string
  caller_name?: string
  caller_phone?: string
  said: string
  done_at_once?: string
  follow_needed?: string
  judgements: { judgement: string; urgency?: 0 | 1 | 2; data?: Data }[]
  read_back: boolean
  happened_at?: number
}
export interface Registered { id: string; number: string; cases: { id: string; number: string; kind: string }[] }
export interface EventRow {
  id: string
  title: string
  notice: string
  /** Id. */
  site: string
  opened_at: number
  closed_at?: number
  closing_notice?: string
  contacts: ContactRow[]
}

export interface CustomerHit extends Named {
  phone_masked?: string
  homes: { id: string; title: string; site_name: string; relation?: string }[]
  open_cases: number
}
export interface HomeHit extends Titled {
  kind?: string
  site_name?: string
  people: { customer_id: string; name: string; relation: string }[]
}
export interface SearchResult { customers: CustomerHit[]; homes: HomeHit[]; cases: CaseRow[] }

export interface CustomerHome extends Titled {
  site: Named
  relation: string
  relation_title: string
  delivered_on?: string
  warranties: { part: string; until: string }[]
}
export interface Customer extends Named {
  phones: { id: string; number_masked: string; note?: string }[]
  plates: string[]
  kind: string
  care_note?: string
  arrears: boolean
  homes: CustomerHome[]
  cases: CaseRow[]
  contacts: ContactRow[]
  masked: boolean
}
export interface Unmasked { phones: { id: string; number: string }[]; identity?: string }
export interface HomeRow extends Titled {
  kind: string
  area?: number
  delivered_on?: string
  building?: string
  unit?: string
  people: { customer_id: string; name: string; relation: string; relation_title?: string }[]
}
export interface HomePage extends HomeRow {
  site?: Named
  warranties: { part: string; until: string }[]
  cases: CaseRow[]
  contacts?: ContactRow[]
}
export interface Site extends Named {
  code: string
  buildings: { id: string; name: string; units: string[] }[]
  areas: { id: string; name: string; assistant?: Named }[]
}
export interface StaffRow extends Named {
  login?: string
  posts: { name: string; title: string; site?: Named }[]
  skills: string[]
  on_duty: boolean
  open_work: number
}
export interface DutyRow {
  id: string
  staff: Named
  post: string
  post_title: string
  site: Named
  area?: Named
  from_at: number
  to_at: number
}

export interface KindRow {
  name: string
  title: string
  pack: string
  pack_title: string
  inner: boolean
  may_open: boolean
  list: { name: string; title: string; type: FieldType }[]
  stages?: { name: string; title: string; ends: boolean; tone?: Tone }[]
}
export interface JudgementDef { name: string; title: string; kind?: string }
export interface Kinds { items: KindRow[]; judgements: JudgementDef[] }
/** A stage; `stays` are the actions that do not leave it. */
export interface FlowNode { name: string; title: string; begins: boolean; ends: boolean; tone?: Tone; signoff?: string; stays: string[] }
/** An action between two stages; `main` is the usual way, `system` goes by itself, `guarded` has a condition. */
export interface FlowEdge { from: string; to: string; action: string; title: string; by: string[]; main: boolean; system: boolean; guarded: boolean }
export interface Flow { nodes: FlowNode[]; edges: FlowEdge[] }
export interface KindPage {
  name: string
  title: string
  pack: string
  about: string
  number: string
  version: string
  heading: string
  open: { ask: AskedField[]; home: boolean; customer: boolean; by_titles?: string[] }
  fields: Field[]
  stages: { name: string; title: string; ends: boolean; tone?: Tone }[]
  /** Stages, people and what is asked are in words here: this is for reading. */
  actions: { name: string; title: string; from: string[]; to?: string; by_titles: string[]; asks?: string[]; otherwise?: string; main: boolean }[]
  clocks: { name: string; title: string; limit_title: string; steps: string[] }[]
  signoffs: { name: string; title: string; bands: { of?: string; amount: string; rounds: string[] }[] }[]
  plans?: string[]
  flow: Flow
}
export interface Manual {
  version: string
  published_at: number
  packs: { name: string; title: string; about: string; kinds: { name: string; title: string }[] }[]
  posts: { name: string; title: string; department: string; sees?: string; may?: string[] }[]
  calendars: { name: string; title: string; about?: string }[]
  tables: Record<string, { title: string; rows: Record<string, string> }>
  clauses: { id: string; title: string; threshold: string }[]
  coverage?: { served: number; total: number }
}

export interface ClauseRow {
  id: string
  title: string
  threshold: string
  figure: string
  figure_title: string
  value?: number
  met?: boolean
  total: number
  broken: number
  months: { month: string; total: number; broken: number; value?: number }[]
  complete: boolean
}
export interface ClauseDetail {
  clause: ClauseRow
  groups: { key: string; title: string; total: number; broken: number; value?: number }[]
  violators: { case?: CaseRow; contact?: ContactRow; at: number; reason: string }[]
  /** Violators the reader may not see. */
  hidden?: number
  next?: string
}

export interface StoredFile { id: string; name: string; type: string; size: number; width?: number; height?: number }
export interface InboxItem {
  id: string
  text: string
  case?: { id: string; number: string; kind: string }
  at: number
  read_at?: number
}
export interface Inbox { items: InboxItem[]; unread: number }
export interface ImportResult {
  rows: number
  good: number
  /** Rows that are there already and stay as they are. */
  already?: number
  bad: { row: number; column: string; value: string; reason: string }[]
  imported?: number
}

export interface OwnerCase {
  id: string
  number: string
  kind_title: string
  heading: string
  stage_title: string
  closed: boolean
  opened_at: number
  steps: { title: string; text?: string; at: number }[]
  promises: { title: string; due_at?: number; state: RunState }[]
  flow: { title: string; state: 'done' | 'now' | 'next' }[]
  actions: Offer[]
  seq: number
}
export interface OwnerPage {
  company: string
  home?: string
  customer?: string
  case?: OwnerCase
  cases: OwnerCase[]
  /** What the owner may report, each with its form. */
  reports: { judgement: string; title: string; ask: AskedField[] }[]
}

export interface ProblemBody {
  type?: string
  title?: string
  status: number
  code: string
  detail: string
  fields?: { field: string; sentence: string }[]
  current?: Case
  setup_needed?: boolean
}
