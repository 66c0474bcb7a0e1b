export * from './checklist'
export * from './model'
export * from './useForm'
