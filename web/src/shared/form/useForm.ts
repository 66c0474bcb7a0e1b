import { computed, reactive, ref, toValue, watch, type MaybeRefOrGetter } from 'vue'
import { Problem } from '../api/problem'
import type { Data } from '../api/types'
import { collect, validate, visibleFields, type Errors, type FormField } from './model'

/**
 * State of one form. Errors show after the first attempt to send, or when the server named a field; they vanish
 * while the person mends them. `around` is what expressions may read beside the form (`case`, `home`, …).
 */
export function useForm(fields: MaybeRefOrGetter<FormField[]>, around: MaybeRefOrGetter<Data> = {}, initial: Data = {}) {
  let began = initial
  const values = reactive<Data>({ ...initial })
  const tried = ref(false)
  const fromServer = ref<Errors>({})

  const visible = computed(() => visibleFields(toValue(fields), values, toValue(around)))
  const found = computed(() => validate(toValue(fields), values, toValue(around)))
  const errors = computed<Errors>(() => ({ ...fromServer.value, ...(tried.value ? found.value : {}) }))

  watch(values, () => {
    fromServer.value = {}
  })

  /** The input to send, or null when something must be mended first. */
  function submit(): Data | null {
    tried.value = true
    fromServer.value = {}
    return Object.keys(found.value).length ? null : collect(toValue(fields), values, toValue(around), began)
  }
  /** Puts the server's sentences beside their fields. */
  function refuse(error: unknown): void {
    if (error instanceof Problem) fromServer.value = error.fields
  }
  function reset(to: Data = {}): void {
    for (const name of Object.keys(values)) delete values[name]
    Object.assign(values, to)
    began = to
    tried.value = false
    fromServer.value = {}
  }
  return { values, visible, errors, submit, refuse, reset }
}
export type Form = ReturnType<typeof useForm>
