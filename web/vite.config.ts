import { fileURLToPath, URL } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig, type Plugin } from 'vite'
import { compression, defineAlgorithm } from 'vite-plugin-compression2'
import { fieldShell, ownSigns } from './shell.config'

/** The Rust server hands out one of three documents by path; the dev server must do the same. */
const threeDocuments: Plugin = {
  name: 'three-documents',
  configureServer(server) {
    server.middlewares.use((request, _response, next) => {
      const path = (request.url ?? '/').split('?')[0]
      const page = path.startsWith('/field') ? '/field.html' : path.startsWith('/o/') ? '/owner.html' : null
      if (page && !path.includes('.')) request.url = page
      next()
    })
  },
}

/** What every app begins with. */
const BASE = /node_modules\/(@vue|vue|vue-router|pinia|@tanstack|openapi-fetch)\/|src\/shared\/(api\/|boot|clock|early|format|i18n|idle|live|queries|session|theme|locales\/zh-CN\/common)|plugin-vue:export-helper|vite\/preload-helper/
/** The parts of Naive UI that stand on the desk from the start, with what they are made of. */
const DESK_PARTS = /naive-ui\/es\/(_internal|_mixins|_styles|_utils|alert|badge|button|card|checkbox|config-provider|dialog|empty|input|message|modal|popover|select|scrollbar|spin|tag|themes|[a-z-]+\/styles)\/|node_modules\/(vueuc|treemate|css-render|@css-render|seemly|evtd|vooks|lodash-es|@juggle|vdirs)\//
/** The same of Vant, for both apps on the phone. */
const PHONE_PARTS = /vant\/es\/(utils|composables|badge|button|config-provider|dialog|icon|loading|nav-bar|overlay|popup|pull-refresh|toast)\/|@vant\/use|src\/shared\/phone\/(parts\/|around|attachments)/

export default defineConfig({
  // No component of ours or of the libraries is written in options.
  define: { __VUE_OPTIONS_API__: false },
  // The server hands out what was compressed here once, well, instead of compressing on every request.
  plugins: [vue(), threeDocuments, compression({ algorithms: [defineAlgorithm('gzip', { level: 9 }), defineAlgorithm('brotliCompress')], threshold: 1024 }), ownSigns, fieldShell()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: { proxy: { '/api': 'http://127.0.0.1:8080' } },
  build: {
    target: 'es2022',
    // Every browser that runs the rest knows it.
    modulePreload: { polyfill: false },
    // elkjs and ECharts are large by nature and are loaded only when a chart is on the screen.
    chunkSizeWarningLimit: 1700,
    rolldownOptions: {
      output: {
        // Few files, since a phone far away pays for each; what all pages of an app need anyway comes in one.
        codeSplitting: {
          groups: [
            { name: 'base', test: BASE, priority: 2 },
            { name: 'phone', test: PHONE_PARTS, minShareCount: 2, priority: 1 },
            { name: 'ui', test: DESK_PARTS, minShareCount: 2 },
            { name: 'icons', test: /@lucide/, minShareCount: 2 },
          ],
        },
      },
      input: { index: 'index.html', field: 'field.html', owner: 'owner.html' },
    },
  },
  test: { environment: 'node', include: ['src/**/*.test.ts'] },
} as Parameters<typeof defineConfig>[0])
