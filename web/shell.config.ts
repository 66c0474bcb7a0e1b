import { createHash } from 'node:crypto'
import { VitePWA } from 'vite-plugin-pwa'
import type { Plugin } from 'vite'

/** The reader of codes is large, and the gate needs a line anyway. */
const LEFT_OUT = /zxing|Scanner/

/**
 * Vant's icon font names an address of its maker's network and weighs twenty-five kilobytes for a handful of signs:
 * phone.css draws those itself.
 */
export const ownSigns: Plugin = {
  name: 'own-signs',
  enforce: 'pre',
  transform: (_code, id) => (/vant\/es\/icon\/index\.css/.test(id) ? '.van-icon{position:relative;display:inline-block;line-height:1;font-style:normal}' : undefined),
}

/**
 * The app shell of /field/, kept on the device by a service worker: its document and every file it can ever load, and
 * nothing of the desk or the owner's page. Answers of the API are never kept there; the app keeps what it needs itself.
 */
export function fieldShell(): Plugin[] {
  const files = new Set<string>()
  const collect: Plugin = {
    name: 'files-of-the-field-app',
    apply: 'build',
    generateBundle(_options, bundle) {
      const visit = (name: string): void => {
        const chunk = bundle[name]
        if (files.has(name) || chunk?.type !== 'chunk' || LEFT_OUT.test(name)) return
        files.add(name)
        chunk.viteMetadata?.importedCss.forEach((css) => files.add(css))
        chunk.viteMetadata?.importedAssets.forEach((asset) => files.add(asset))
        for (const next of [...chunk.imports, ...chunk.dynamicImports]) visit(next)
      }
      const entry = Object.values(bundle).find((one) => one.type === 'chunk' && one.isEntry && one.facadeModuleId?.endsWith('field.html'))
      if (!entry) this.error('field.html has no entry')
      visit(entry.fileName)
    },
  }
  const worker = VitePWA({
    filename: 'field/sw.js',
    scope: '/field/',
    manifest: false,
    injectRegister: false,
    registerType: 'prompt',
    workbox: {
      globPatterns: ['assets/*', 'field.html', 'favicon.svg', 'early.js'],
      inlineWorkboxRuntime: true,
      cleanupOutdatedCaches: true,
      // From the first visit on: the next stop may be a basement.
      clientsClaim: true,
      navigateFallback: '/field/',
      navigateFallbackAllowlist: [/^\/field(\/|$)/],
      manifestTransforms: [
        (entries) => {
          const mine = entries.filter(({ url }) => files.has(url) || url === 'favicon.svg' || url === 'early.js')
          // The server hands the document out under the app's own address.
          const page = entries.find(({ url }) => url === 'field.html')
          const revision = page?.revision ?? createHash('sha256').update([...files].sort().join()).digest('hex')
          const manifest = mine.map((entry) => ({ ...entry, url: `/${entry.url}` }))
          return { manifest: page ? [...manifest, { ...page, url: '/field/', revision }] : manifest }
        },
      ],
    },
  })
  return [collect, ...worker]
}
