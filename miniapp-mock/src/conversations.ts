/** Conversations on a list, as the server sends them. */

export interface TalkLine {
  id: string
  side: 'resident' | 'team'
  title: string
  subtitle: string
  last_text: string
  last_at: string | null
  unread: number
  waiting_since: string | null
  urgent: boolean
  open: boolean
}

/** The team's conversations: danger stays on top, the rest by when something was said last. */
export function newestFirst(items: TalkLine[]): TalkLine[] {
  const at = (one: TalkLine) => (one.last_at ? Date.parse(one.last_at) : 0)
  return items.filter((one) => one.side === 'team').sort((left, right) => Number(right.urgent) - Number(left.urgent) || at(right) - at(left))
}
