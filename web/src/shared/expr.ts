import { call, type Func, round } from './exprCalls'

/**
 * The browser's interpreter of the manual's expressions: it reads the trees that the server compiled and serialised.
 * Its rules are those of `crates/engine/src/expr`, where they are explained; shared vectors hold them equal.
 */

export type Type = 'bool' | 'num' | 'money' | 'text' | 'date' | 'time' | 'span' | 'list' | 'rows'

/** Result of an expression: money in fen, times and spans in milliseconds, dates as "YYYY-MM-DD". */
export type Value = null | boolean | number | string

interface Pair {
  a: Node
  b: Node
}

/** One operator of a compiled tree. */
export type Node =
  | { op: 'value'; value: Value }
  | { op: 'var'; ty: Type; of?: string; path: string }
  | { op: 'not' | 'has' | 'size'; a: Node }
  | ({ op: 'and' | 'or' | 'eq' | 'lt' | 'le' | 'contains' } & Pair)
  | ({ op: 'if'; test: Node } & Pair)
  | ({ op: 'add' | 'sub' | 'mul' | 'div'; ty: Type } & Pair)
  | { op: 'call'; ty: Type; name: Func; args: Node[] }
  | { op: 'cell'; ty: Type; of?: string; table: string; row: Node; path: string }
  | { op: 'in'; a: Node; items: Node[] }
  | { op: 'member'; a: Node; list: Node }
  | { op: 'rows'; ty: Type; want: Want; of?: string; name: string; arg?: string; table?: boolean; each: string; body: Node }

/** What is asked of rows. */
type Want = 'all' | 'exists' | 'count' | 'sum' | 'average' | 'min' | 'max'

/** Where variables get their values, as JSON; undefined counts as null. */
export interface Env {
  get(path: string): unknown
  collection(name: string, arg?: string): Env[]
  /** Zone in which days begin, in minutes east of UTC; the company's default when left out. */
  offset?: number
}

/** Names are looked up here: in a row, then in what stands around it. */
interface Scope {
  row?: string
  env: Env
  around?: Scope
}

const MAX_NUM = Number.MAX_SAFE_INTEGER
const MIN_NUM = 1e-9
const MAX_INT = 1e14
const DATE = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/

/** Value of `tree`; never throws on data, whatever its shape. */
export function evaluate(tree: Node, env: Env): Value {
  return value(tree, { env })
}

/** Whether the condition `tree` holds; null counts as false. */
export function holds(tree: Node, env: Env): boolean {
  return evaluate(tree, env) === true
}

function envOf(scope: Scope, of?: string): Env {
  return scope.around && scope.row !== of ? envOf(scope.around, of) : scope.env
}

/** Reads JSON as a type: what does not fit is null. */
function fit(ty: Type, json: unknown): Value {
  switch (ty) {
    case 'bool':
      return typeof json === 'boolean' ? json : null
    case 'text':
      return typeof json === 'string' ? json : null
    case 'date':
      return typeof json === 'string' && DATE.test(json) ? json : null
    case 'num': {
      if (typeof json !== 'number') return null
      const size = Math.abs(json)
      return size === 0 || (size >= MIN_NUM && size <= MAX_NUM) ? json : null
    }
    case 'money':
    case 'time':
    case 'span':
      return Number.isInteger(json) && Math.abs(json as number) <= MAX_INT ? (json as number) : null
    default:
      return null
  }
}

function value(node: Node, scope: Scope): Value {
  switch (node.op) {
    case 'value':
      return node.value
    case 'var':
      return fit(node.ty, envOf(scope, node.of).get(node.path))
    case 'if':
      return value(test(node.test, scope) ? node.a : node.b, scope)
    case 'add':
    case 'sub':
    case 'mul':
    case 'div':
      return calculate(node.op, node.ty, value(node.a, scope), value(node.b, scope))
    case 'not':
      return !test(node.a, scope)
    case 'and':
      return test(node.a, scope) && test(node.b, scope)
    case 'or':
      return test(node.a, scope) || test(node.b, scope)
    case 'eq':
      return value(node.a, scope) === value(node.b, scope)
    case 'lt':
      return ordered(value(node.a, scope), value(node.b, scope), (a, b) => a < b)
    case 'le':
      return ordered(value(node.a, scope), value(node.b, scope), (a, b) => a <= b)
    case 'in': {
      const a = value(node.a, scope)
      return node.items.some((item) => value(item, scope) === a)
    }
    case 'member': {
      const a = value(node.a, scope)
      return a !== null && array(node.list, scope).includes(a)
    }
    case 'contains': {
      const [a, b] = [value(node.a, scope), value(node.b, scope)]
      return typeof a === 'string' && typeof b === 'string' && a.includes(b)
    }
    case 'has': {
      const a = value(node.a, scope)
      return isArray(node.a) ? array(node.a, scope).length > 0 : a !== null && a !== ''
    }
    case 'size': {
      if (isArray(node.a)) return array(node.a, scope).length
      const a = value(node.a, scope)
      return typeof a === 'string' ? [...a].length : 0
    }
    case 'call':
      return call(node.name, node.ty, node.args.map((arg) => value(arg, scope)), root(scope).offset)
    case 'cell': {
      const n = value(node.row, scope)
      const rows = envOf(scope, node.of).get(node.table)
      return Array.isArray(rows) && typeof n === 'number' ? fit(node.ty, member(rows[n - 1], node.path)) : null
    }
    case 'rows': {
      const around = envOf(scope, node.of)
      const rows = node.table ? cells(around.get(node.name)) : around.collection(node.name, node.arg)
      const each = (env: Env) => value(node.body, { row: node.each, env, around: scope })
      return answer(node.want, node.ty, rows.map(each))
    }
  }
}

function root(scope: Scope): Env {
  return scope.around ? root(scope.around) : scope.env
}

/** The rows of a table field. */
function cells(table: unknown): Env[] {
  if (!Array.isArray(table)) return []
  return table.map((row) => ({ get: (path) => member(row, path), collection: () => [] }))
}

/** What is asked of rows, from the value of each. */
function answer(want: Want, ty: Type, values: Value[]): Value {
  if (want === 'all') return values.every((v) => v === true)
  if (want === 'exists') return values.some((v) => v === true)
  if (want === 'count') return values.filter((v) => v === true).length
  if (want === 'min' || want === 'max') {
    const some = values.filter((v) => v !== null)
    return some.reduce<Value>((a, b) => (a === null ? b : call(want, ty, [a, b])), null)
  }
  const numbers = values.filter((v) => typeof v === 'number')
  const sum = numbers.reduce((a, b) => a + b, 0)
  if (want === 'sum') return sum
  if (!numbers.length) return null
  return ty === 'num' ? sum / numbers.length : round(sum / numbers.length)
}

function test(node: Node, scope: Scope): boolean {
  return value(node, scope) === true
}

function isArray(node: Node): boolean {
  return node.op === 'var' && (node.ty === 'list' || node.ty === 'rows')
}

function array(node: Node, scope: Scope): unknown[] {
  const json = node.op === 'var' ? envOf(scope, node.of).get(node.path) : null
  return Array.isArray(json) ? json : []
}

function calculate(op: 'add' | 'sub' | 'mul' | 'div', ty: Type, a: Value, b: Value): Value {
  if (typeof a !== 'number' || typeof b !== 'number') return null
  if (op === 'add') return a + b
  if (op === 'sub') return a - b
  if (op === 'div' && b === 0) return null
  const x = op === 'div' ? a / b : a * b
  return ty === 'num' ? x : round(x)
}

/** Numbers by size, dates by their digits; null is in no order with anything. */
function ordered(a: Value, b: Value, accept: (a: number | string, b: number | string) => boolean): boolean {
  if (typeof a === 'number' && typeof b === 'number') return accept(a, b)
  return typeof a === 'string' && typeof b === 'string' && accept(a, b)
}

/** Values of a form and what stands around it: `case.stage` is the member `stage` of `case`. No collections. */
export function recordEnv(values: Readonly<Record<string, unknown>>): Env {
  return {
    get(path) {
      if (Object.hasOwn(values, path)) return values[path]
      return path.split('.').reduce<unknown>(member, values)
    },
    collection: () => [],
  }
}

function member(of: unknown, name: string): unknown {
  return of !== null && typeof of === 'object' && Object.hasOwn(of, name) ? (of as Record<string, unknown>)[name] : null
}
