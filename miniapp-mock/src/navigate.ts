/** Going from page to page without knowing which of them are tabs. */
import { HOME } from './session/gate'

const TABS = ['home', 'people', 'messages', 'referrals', 'me'].map((name) => `/pages/${name}/index`)

/** Opens a page of our own; tabs are switched to, everything else is laid on top. */
export function navigate(url: string): void {
  const path = url.split('?')[0]
  if (TABS.includes(path)) uni.switchTab({ url: path })
  else uni.navigateTo({ url, fail: () => uni.reLaunch({ url: `/pages/error/index?wanted=${encodeURIComponent(path)}` }) })
}

/** One page back, or home when a link led straight here. */
export function goBack(): void {
  if (getCurrentPages().length > 1) uni.navigateBack()
  else uni.switchTab({ url: HOME })
}
