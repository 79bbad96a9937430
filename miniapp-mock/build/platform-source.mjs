/** Source as one platform sees it: uni-app's own reading of `#ifdef`, for the unit tests. */
import { createRequire } from 'node:module'

const { initPreContext, preHtml, preJs } = createRequire(import.meta.url)('@dcloudio/uni-cli-shared')

/** What is left of a file's text on `h5` or `mp-weixin`. */
export function sourceFor(platform, text, file) {
  initPreContext(platform)
  return file.endsWith('.vue') ? preJs(preHtml(text, file), file) : preJs(text, file)
}

/** A vite plugin that gives every file of `src/` its browser side. */
export function browserSource() {
  return {
    name: 'liandong:browser-source',
    enforce: 'pre',
    transform(text, id) {
      const file = id.split('?')[0]
      return /\/src\/.*\.(ts|vue)$/.test(file) && !id.includes('?') ? sourceFor('h5', text, file) : undefined
    },
  }
}
