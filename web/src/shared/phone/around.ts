import { inject, provide, type InjectionKey } from 'vue'
import type { RecordList } from '../api'
import type { Attachments } from './attachments'

/** What the inputs of a form need from the app they are used in. */
export interface PhoneApp {
  attachments: Attachments
  /** Addresses of files the server already has. */
  fileUrl: (id: string) => string
  thumbUrl: (id: string) => string
  /** What is on record of a kind: all in whose name the words stand, or the one of just that name. */
  records: (kind: string, which: { q?: string; name?: string }) => Promise<RecordList>
}
const KEY: InjectionKey<PhoneApp> = Symbol('phone')

export function providePhone(app: PhoneApp): void {
  provide(KEY, app)
}
export function usePhone(): PhoneApp {
  const app = inject(KEY)
  if (!app) throw new Error('providePhone was not called')
  return app
}
