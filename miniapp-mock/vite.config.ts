import { defineConfig } from 'vite'
import uniModule from '@dcloudio/vite-plugin-uni'
import { withoutOutsidePictures } from './build/outside-pictures.mjs'

// The package is CommonJS: under "type": "module" its default export arrives one level down.
const uni = ((uniModule as unknown as { default?: typeof uniModule }).default ?? uniModule) as typeof uniModule

/** Where the WeChat package finds Liandong's servers. WeChat only lets listed https hosts through. */
const apiOrigin = process.env.LIANDONG_API_ORIGIN ?? 'https://liandong.invalid'

export default defineConfig({
  base: './',
  plugins: [uni(), withoutOutsidePictures()],
  define: { __API_ORIGIN__: JSON.stringify(apiOrigin) },
  // Phones in the villages are old: nothing newer than their WeChat understands.
  build: { target: 'es2018' },
  server: { host: '127.0.0.1', port: Number(process.env.PORT ?? 8120) },
})
