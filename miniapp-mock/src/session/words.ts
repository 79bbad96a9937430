/** Words for what the session knows. */
import type { Relation } from './types'

const RELATIONS: Record<Relation, string> = { self: '我自己', proxy: '我在替家人办', guardian: '我是监护人' }

export function relationText(relation: Relation): string {
  return RELATIONS[relation] ?? '家人'
}
