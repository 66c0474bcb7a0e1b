/// <reference types="vite/client" />
declare module 'vue' {
  interface ComponentCustomProperties {
    $t: (key: string, values?: Record<string, unknown>) => string
  }
}
export {}
