import type { ComputedRef, InjectionKey } from 'vue'

/** Names of the people, customers and homes of a case by their ids, for the values below it. */
export const NAMES: InjectionKey<ComputedRef<Record<string, string>>> = Symbol('names')
