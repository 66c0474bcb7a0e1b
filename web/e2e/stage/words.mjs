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

/** Photos and signatures are taken anew each time: those that were kept stay, and no control takes them away. */
export const cannotBeEmptied = (field, input, data) =>
  ['files', 'signature'].includes(field.type) && !input[field.name]?.length && Boolean(data?.[field.name]?.length)
