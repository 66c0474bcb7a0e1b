export * from './client'
export * from './problem'
export * from './files'
export type * from './types'
