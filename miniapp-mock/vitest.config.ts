import vue from '@vitejs/plugin-vue'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { browserSource } from './build/platform-source.mjs'

/** Elements that uni-app or WeChat draws; Vue must not look for components behind them. */
const DRAWN = new Set(['view', 'text', 'scroll-view', 'image', 'canvas', 'picker'])

export default defineConfig({
  plugins: [browserSource(), vue({ template: { compilerOptions: { isCustomElement: (tag) => DRAWN.has(tag) } } })],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  define: { __API_ORIGIN__: JSON.stringify('https://api.example.test') },
  test: { environment: 'happy-dom', include: ['tests/**/*.test.{ts,mjs}'], setupFiles: ['tests/uni.ts', 'tests/setup.ts'] },
})
