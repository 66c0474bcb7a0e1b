export * from './model'
export * from './useForm'
