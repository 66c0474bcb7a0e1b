import { QueryClient } from '@tanstack/vue-query'
import { Problem } from './api'

/** One policy for all reads: what the server refused is not asked again; a lost line is tried twice more. */
export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        retry: (count, error) => count < 2 && error instanceof Problem && error.mayRetry,
        retryDelay: (count) => 800 * 2 ** count,
      },
    },
  })
}
