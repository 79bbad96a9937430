/** Small numbers on the tabs: what waits for this person, from what the server says. */
import { reactive } from 'vue'
import { api, Problem } from './api'
import { useSession } from './session/store'

export const tabBadges = reactive<Record<string, number>>({})

/** Shows a number on a tab; zero takes it away. */
export function setTabBadge(tab: 'home' | 'people' | 'messages' | 'referrals' | 'me', count: number): void {
  tabBadges[tab] = count
}

const TALKERS = ['family_doctor', 'village_doctor', 'team_nurse']
/** What is shown on the one badge: nobody counts ten thousand words. */
export const badgeText = (count: number) => (count > 99 ? '99+' : String(count))

/** Asks how many words of residents nobody of the team has seen. A number that cannot be had stays as it was. */
export async function countUnread(): Promise<void> {
  const session = useSession()
  if (session.face !== 'staff' || !TALKERS.some((role) => session.me?.staff?.roles.includes(role))) {
    setTabBadge('messages', 0)
    return
  }
  try {
    const unseen = await api.get<{ team: number }>('/conversations/unread')
    setTabBadge('messages', unseen.team)
  } catch (error) {
    if (!(error instanceof Problem)) throw error
  }
}
