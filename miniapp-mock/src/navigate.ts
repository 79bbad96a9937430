/** Going from page to page without knowing which of them are tabs. */
import addresses from './addresses.json'
import { HOME } from './session/gate'

const TABS = ['home', 'people', 'messages', 'referrals', 'me'].map((name) => `/pages/${name}/index`)

const known = new Set<string>((addresses as string[]).map((path) => `/${path}`))

/** Whether the app has this page. The empty address is the home page. */
export function isKnown(url: string): boolean {
  const path = url.split('?')[0]
  return path === '' || path === '/' || known.has(path)
}

/** Says that there is nothing at this address. */
export function showNotFound(url: string): void {
  uni.reLaunch({ url: `/pages/error/index?wanted=${encodeURIComponent(url.split('?')[0])}` })
}

/** Opens a page of our own; tabs are switched to, everything else is laid on top. */
export function navigate(url: string): void {
  const path = url.split('?')[0]
  if (!isKnown(path)) showNotFound(path)
  else if (TABS.includes(path)) uni.switchTab({ url: path })
  else uni.navigateTo({ url })
}

/** One page back, or home when a link led straight here. */
export function goBack(): void {
  if (getCurrentPages().length > 1) uni.navigateBack()
  else uni.switchTab({ url: HOME })
}
