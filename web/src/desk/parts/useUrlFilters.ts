import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'

/** Filters that live in the address, so that a list can be kept, shared and gone back to. */
export function useUrlFilters<K extends string>(names: readonly K[]) {
  const route = useRoute()
  const router = useRouter()
  const filters = computed(() => {
    const out: Partial<Record<K, string>> = {}
    for (const name of names) {
      const value = route.query[name]
      if (typeof value === 'string' && value) out[name] = value
    }
    return out
  })
  function set(change: Partial<Record<K, string | null | undefined>>): void {
    const query = { ...route.query, ...change } as Record<string, string | null | undefined>
    for (const name of Object.keys(query)) if (!query[name]) delete query[name]
    void router.replace({ query })
  }
  return { filters, set }
}
