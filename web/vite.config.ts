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

export default defineConfig({
  // The server hands out what was compressed here once, well, instead of compressing on every request.
  plugins: [vue(), threeDocuments, compression({ algorithms: [defineAlgorithm('gzip', { level: 9 }), defineAlgorithm('brotliCompress')], threshold: 1024 }), ownSigns, fieldShell()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  define: {
    __VUE_OPTIONS_API__: true,
    __VUE_I18N_FULL_INSTALL__: false,
    __VUE_I18N_LEGACY_API__: false,
    __INTLIFY_PROD_DEVTOOLS__: false,
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8080' } },
  build: {
    target: 'es2022',
    // elkjs and ECharts are large by nature and are loaded only when a chart is on the screen.
    chunkSizeWarningLimit: 1700,
    rollupOptions: {
      input: { index: 'index.html', field: 'field.html', owner: 'owner.html' },
    },
  },
  test: { environment: 'node', include: ['src/**/*.test.ts'] },
} as Parameters<typeof defineConfig>[0])
