/** A drawer that forgets with the test, and remembers in which order things were written. */
import type { Drawer } from '../src/platform/contract'

export function memoryDrawer(): Drawer & { content: Map<string, unknown> } {
  const content = new Map<string, unknown>()
  return {
    content,
    get: <T>(key: string) => (content.has(key) ? (structuredClone(content.get(key)) as T) : null),
    set: (key, value) => void content.set(key, structuredClone(value)),
    remove: (key) => void content.delete(key),
    keys: () => [...content.keys()],
  }
}
