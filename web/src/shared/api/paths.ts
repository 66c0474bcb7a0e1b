// The routes of /api/v1 in the shape openapi-fetch reads. One line a route; the long list is the point of the file.
import type * as T from './types'

type Json<B> = { content: { 'application/json': B } }
type Sends<B> = [B] extends [never] ? { requestBody?: never } : { requestBody: Json<B> }
type Answers<R> = { responses: { 200: { headers: Record<string, unknown> } & Json<R> } }
type Headers = Record<string, string>
/** An operation on one thing. */
type Op<R, Path, Query = never, Body = never> = {
  parameters: { path: Path; query?: Query; header?: Headers; cookie?: never }
} & Sends<Body> & Answers<R>
/** An operation without path parameters. */
type Flat<R, Query = never, Body = never> = {
  parameters: { path?: never; query?: Query; header?: Headers; cookie?: never }
} & Sends<Body> & Answers<R>
interface Id { id: string }
type Q<K extends string> = Partial<Record<K, string | number | boolean | undefined>>

export interface paths {
  '/session': { get: Flat<T.Session>; post: Flat<T.Session, never, { login: string; password: string }>; delete: Flat<unknown> }
  '/setup': { post: Flat<T.Session, never, { company: string; login: string; name: string; password: string }> }
  '/session/demo': { get: Flat<T.DemoAccounts> }
  '/demo/clock': { post: Flat<{ now: number }, never, { minutes: number }> }
  '/search': { get: Flat<T.SearchResult, Q<'q' | 'site'>> }
  '/customers': { post: Flat<T.Customer, never, { name: string; phone?: string; home?: string; relation?: string; note?: string }> }
  '/customers/{id}': {
    get: Op<T.Customer, Id>
    put: Op<T.Customer, Id, never, { name: string; care_note: string; phones: (string | { id: string })[]; plates: string[] }>
  }
  '/customers/{id}/unmask': { post: Op<T.Unmasked, Id, never, { reason: string }> }
  '/homes': { get: Flat<T.Items<T.HomeRow>, Q<'site' | 'building' | 'q' | 'cursor'>> }
  '/homes/{id}': { get: Op<T.HomePage, Id> }
  '/sites': { get: Flat<T.Items<T.Site>> }
  '/staff': {
    get: Flat<T.Items<T.StaffRow>, Q<'q' | 'post' | 'site'>>
    post: Flat<T.StaffRow, never, { name: string; login: string; phone?: string; password: string; posts: { post: string; site?: string }[]; skills: string[] }>
  }
  '/staff/{id}': { put: Op<T.StaffRow, Id, never, { name?: string; phone?: string; password?: string; posts?: { post: string; site?: string }[]; skills?: string[] }> }
  '/staff/{id}/leave': { post: Op<unknown, Id> }
  '/duty': {
    get: Flat<T.Items<T.DutyRow>, Q<'site' | 'from' | 'to'>>
    post: Flat<T.DutyRow, never, { staff: string; post: string; site: string; area?: string; from_at: number; to_at: number }>
  }
  '/duty/{id}': { delete: Op<unknown, Id> }
  '/contacts': {
    get: Flat<T.Items<T.ContactRow>, Q<'site' | 'channel' | 'q' | 'customer' | 'home' | 'from' | 'to' | 'cursor'>>
    post: Flat<T.Registered, never, T.NewContact>
  }
  '/contacts/{id}': { get: Op<T.Contact, Id> }
  '/contacts/{id}/cases': { post: Op<{ id: string; number: string; kind: string }, Id, never, { judgement: string; data: T.Data; urgency?: number }> }
  '/contacts/{id}/attach': { post: Op<unknown, Id, never, { case: string }> }
  '/contacts/{id}/customer': { put: Op<unknown, Id, never, { customer: string; home?: string }> }
  '/contacts/{id}/feedback': { post: Op<unknown, Id, never, { words: string }> }
  '/events': {
    get: Flat<T.Items<T.EventRow>, Q<'site' | 'open'>>
    post: Flat<T.EventRow, never, { site: string; title: string; notice: string; contacts?: string[] }>
  }
  '/events/{id}/contacts': { post: Op<unknown, Id, never, { contact: string }> }
  '/events/{id}/close': { post: Op<unknown, Id, never, { notice: string }> }
  '/duplicates': { get: Flat<T.Items<T.CaseRow>, Q<'home' | 'customer' | 'kind' | 'q'>> }
  '/kinds': { get: Flat<T.Kinds> }
  '/kinds/{kind}': { get: Op<T.KindPage, { kind: string }> }
  '/manual': { get: Flat<T.Manual> }
  '/cases': {
    get: Flat<T.Items<T.CaseRow>, Q<'kind' | 'stage' | 'site' | 'state' | 'late' | 'mine' | 'pool' | 'customer' | 'home' | 'q' | 'sort' | 'cursor'>>
    post: Flat<T.Case, never, { kind: string; site: string; home?: string; customer?: string; urgency?: number; data: T.Data }>
  }
  '/cases/{id}': { get: Op<T.Case, Id> }
  '/cases/{id}/actions': { post: Op<T.Case, Id, never, { action: string; input: T.Data; happened_at?: number }> }
  '/cases/{id}/code': { post: Op<{ code: string }, Id, never, { code?: string }> }
  '/cases/{id}/ahead': { get: Op<T.Ahead, Id> }
  '/gate/{code}': { get: Op<T.GateView, { code: string }> }
  '/gate/{code}/use': { post: Op<T.GateView, { code: string }> }
  '/work': { get: Flat<T.Work> }
  '/pool': { get: Flat<T.Items<T.CaseRow>, Q<'site'>> }
  '/inbox': { get: Flat<T.Inbox, Q<'unread'>> }
  '/inbox/read': { post: Flat<unknown, never, { ids: string[] } | { all: true }> }
  '/clauses': { get: Flat<T.Items<T.ClauseRow>, Q<'site' | 'department' | 'person' | 'months'>> }
  '/clauses/{id}': { get: Op<T.ClauseDetail, Id, Q<'site' | 'month' | 'by' | 'cursor'>> }
  '/owner': { get: Flat<T.OwnerPage> }
  '/owner/reports': { post: Flat<T.OwnerCase, never, { judgement: string; data: T.Data }> }
  '/owner/cases/{id}/actions': { post: Op<T.OwnerCase, Id, never, { action: string; input: T.Data }> }
}
