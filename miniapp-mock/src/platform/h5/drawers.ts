/** The browser's two memories: one for the phone, one for the tab. */
import type { Drawer } from '../contract'

const PREFIX = 'liandong.'

/** JSON values in a web storage; what cannot be read counts as absent. */
export function drawerOf(box: Storage): Drawer {
  return {
    get: <T>(key: string) => {
      try {
        const text = box.getItem(PREFIX + key)
        return text === null ? null : (JSON.parse(text) as T)
      } catch {
        return null
      }
    },
    set: (key, value) => box.setItem(PREFIX + key, JSON.stringify(value)),
    remove: (key) => box.removeItem(PREFIX + key),
    keys: () =>
      Object.keys(box)
        .filter((key) => key.startsWith(PREFIX))
        .map((key) => key.slice(PREFIX.length)),
  }
}
