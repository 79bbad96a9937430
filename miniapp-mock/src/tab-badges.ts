/** Small numbers on the tabs: what waits for this person. Features set them from what the server says. */
import { reactive } from 'vue'

export const tabBadges = reactive<Record<string, number>>({})

/** Shows a number on a tab; zero takes it away. */
export function setTabBadge(tab: 'home' | 'people' | 'messages' | 'referrals' | 'me', count: number): void {
  tabBadges[tab] = count
}
