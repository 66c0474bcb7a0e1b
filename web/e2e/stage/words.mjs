// Values as they are typed.

/** An instant as the pickers read it, in the company's zone. */
export function local(at) {
  const text = new Date(at + 8 * 3600_000).toISOString()
  return `${text.slice(0, 10)} ${text.slice(11, 16)}`
}

/** What is entered: a computed field is entered as what it yields. */
export const shownType = (field) => (field.type === 'computed' ? field.of : field.type)

/** What is typed for a value; a field that is emptied is left without a word. */
export function valueOf(field, value) {
  if (value == null) return ''
  const type = shownType(field)
  if (type === 'time') return local(value)
  if (type === 'money') return (value / 100).toFixed(2)
  return String(value)
}

/** What a picker of records says of a name that is not among them. */
export const NOT_ON_RECORD = '档案里没有'

const FRESH = new Set(['text', 'time', 'files', 'signature'])
const isBlank = (value) => value == null || value === '' || value.length === 0
/** Why what is given cannot be entered at all: the page has no control for it. */
export function cannotBeEntered(field, input, data) {
  const value = input[field.name]
  // What is written anew each time, or shown masked, begins blank: it says what is new, and takes nothing away.
  const fresh = field.personal || field.columns?.some((column) => column.personal) || FRESH.has(field.type)
  if (fresh && isBlank(value) && !isBlank(data?.[field.name])) return `${field.name} cannot be emptied`
  const odd = field.choices && [value ?? []].flat().filter((word) => typeof word === 'string' && !field.choices.includes(word))
  return odd?.length ? `${odd} cannot be chosen for ${field.name}` : null
}
