/** What `/home` and `/today` tell. */

export interface NextThing {
  kind: string
  title: string
  text: string
  button: string
  page: string
  /** Called first, where it is set. */
  phone: string | null
  due_at: string | null
}

/** Somebody else this phone may act for, with whom something waits. */
export interface FamilyDue {
  resident_id: string
  name: string
  due: number
}

export interface Home {
  resident_id: string
  name: string
  next: NextThing | null
  doctor: {
    name: string
    team: string
    institution: string
    phone: string
    answer_text: string
    unread: number
    conversation_id: string | null
  } | null
  under_way: {
    kind: string
    title: string
    text: string
    due_at: string | null
    tag: string
    tone: 'wait' | 'ok' | 'danger' | 'brand'
    page: string
  }[]
  family: FamilyDue[]
}

export interface TodayItem {
  id: string
  kind: string
  title: string
  text: string
  button: string
  page: string
  phone: string | null
  priority: string
  due_at: string
  overdue: boolean
  next_owner: string | null
}

export interface Today {
  counts: { code: string; label: string; number: number }[]
  round: { households: number; people: number; overdue: number; villages: string[]; done: number; page: string } | null
  sections: { code: string; title: string; items: TodayItem[] }[]
}
