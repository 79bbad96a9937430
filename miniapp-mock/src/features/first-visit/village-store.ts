/** The village's people kept on the phone, so that a slip can be written without a signal. Only their own doctor reads them. */
import { api, type Page } from '@/api'
import { platform } from '@/platform'
import { ticket } from '@/session/ticket'

const KEY = 'kept.village'
/** A village doctor has some 800 people; a list without an end is no list. */
const MOST = 1200

export interface Villager {
  id: string
  name: string
  birth_year: number
  village_name: string
  household: string
  household_head: string
  namesake: boolean
}

interface Kept {
  subject: string
  people: Villager[]
}

export function keptVillagers(): Villager[] {
  const kept = platform.storage.get<Kept>(KEY)
  return kept?.subject === ticket.subject ? kept.people : []
}

/** Fetches everybody in sight and keeps them. Throws Problem without a signal; what was kept stays. */
export async function keepVillagers(): Promise<void> {
  const people: Villager[] = []
  let cursor: string | null = ''
  while (cursor !== null && people.length < MOST) {
    const page: Page<Villager> = await api.get(`/residents?limit=100${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`)
    people.push(...page.items.map(({ id, name, birth_year, village_name, household, household_head, namesake }) => ({ id, name, birth_year, village_name, household, household_head, namesake })))
    cursor = page.next_cursor
  }
  platform.storage.set(KEY, { subject: ticket.subject, people } satisfies Kept)
}

/** Everybody whom each word fits: name, village, birth year, head of household, house number. */
export function findVillagers(people: Villager[], words: string): Villager[] {
  const wanted = words.split(/\s+/).filter(Boolean)
  return people.filter((one) => wanted.every((word) => [one.name, one.village_name, String(one.birth_year), one.household_head].some((text) => text.includes(word)) || one.household === word))
}

export const villagerText = (one: Villager) => `${one.village_name} ${one.household} 号 · ${one.birth_year} 年生 · ${one.household_head === one.name ? '户主本人' : `户主 ${one.household_head}`}`
