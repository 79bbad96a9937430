/** Conversations and messages as the server sends them. */

export interface Advice {
  code: string
  name: string
  severity: 'emergency' | 'urgent'
  text: string
  phone: string
  source_title: string
  sample: boolean
}

export interface Message {
  id: string
  seq: number
  client_message_id: string
  side: 'resident' | 'team'
  mine: boolean
  author_name: string
  author_part: string
  text: string
  at: string
  advice: Advice[]
}

export interface Messages {
  items: Message[]
  more: boolean
  last_seq: number
}

export interface Conversation {
  id: string
  side: 'resident' | 'team'
  title: string
  subtitle: string
  resident_id: string
  resident_name: string
  team_name: string
  phone: string
  answer_text: string
  last_seq: number
  last_at: string | null
  last_text: string
  unread: number
  read_seq: number
  waiting_since: string | null
  urgent: boolean
  open: boolean
  closed_text: string
  actions: string[]
}

/** What was typed and has no number yet. It keeps its own id, so that sending again is not saying twice. */
export interface Draft {
  client_message_id: string
  text: string
  state: 'sending' | 'failed'
}
