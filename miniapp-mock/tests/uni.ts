/** The part of uni that runs while modules load; each test brings the rest itself. Runs before `setup.ts`. */
import { vi } from 'vitest'

const memory = new Map<string, unknown>()
vi.stubGlobal('uni', {
  getStorageSync: (key: string) => memory.get(key) ?? '',
  setStorageSync: (key: string, value: unknown) => memory.set(key, value),
  removeStorageSync: (key: string) => memory.delete(key),
  getStorageInfoSync: () => ({ keys: [...memory.keys()] }),
  getNetworkType: ({ success }: { success(result: { networkType: string }): void }) => success({ networkType: 'wifi' }),
  onNetworkStatusChange: () => undefined,
})
vi.stubGlobal('wx', { getWindowInfo: () => ({ windowWidth: 390, statusBarHeight: 20 }), getMenuButtonBoundingClientRect: () => ({ left: 290 }) })
