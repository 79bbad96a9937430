/** easycom finds the `ld-` components in the builds; in the tests each is registered once. */
import { config } from '@vue/test-utils'

const components = import.meta.glob<{ default: object }>('../src/components/ld-*.vue', { eager: true })
for (const [path, module] of Object.entries(components)) {
  const name = path.replace(/^.*\/|\.vue$/g, '')
  config.global.components = { ...config.global.components, [name]: module.default as never }
}
