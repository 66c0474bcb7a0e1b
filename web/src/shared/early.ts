declare global {
  interface Window { early?: Promise<Response> }
}
/**
 * The answer that public/early.js asked for, once, as the `fetch` of the first request; later ones ask anew. Where it
 * failed, the request is sent as usual.
 */
export function earlyFetch(): ((request: Request) => Promise<Response>) | undefined {
  const early = window.early
  window.early = undefined
  return early && ((request) => early.catch(() => fetch(request)))
}
