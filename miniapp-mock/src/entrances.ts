/** The ways into the features, gathered from every `feature.json` when the app is built. */
import gathered from './entrances.json'

export interface Entrance {
  place: string
  who: 'resident' | 'staff'
  title: string
  sub: string
  icon: string
  url: string
  /** Roles that see it; empty for everybody with that face. */
  roles: string[]
  order: number
}

/** What this person may open from one tab, in order. */
export function entrancesOf(place: string, who: 'resident' | 'staff', roles: string[] = []): Entrance[] {
  return (gathered as unknown as Entrance[]).filter(
    (one) => one.place === place && one.who === who && (one.roles.length === 0 || one.roles.some((role) => roles.includes(role))),
  )
}
