/** One line of a record, and how it is said. */

export interface Entry {
  kind: string
  id: string
  at: string
  institution_name: string | null
  title: string
  detail: Record<string, unknown>
}

const NAMES: Record<string, string> = {
  pulse: '脉搏', glucose_fasting: '空腹血糖', glucose_random: '血糖', temperature: '体温', oxygen: '血氧', weight: '体重', height: '身高', waist: '腰围',
}

export function entryText(one: Entry): string {
  if (one.kind === 'visit') return `看病：${one.title || '还没写诊断'}`
  if (one.kind === 'stay') return `住院：${one.title || '还没写诊断'}`
  if (one.kind === 'handoff') return '村医的转介单'
  if (one.kind !== 'readings') return `检查：${one.title}`
  const values = (one.detail.values ?? {}) as Record<string, number>
  const parts = 'systolic' in values && 'diastolic' in values ? [`血压 ${values.systolic}/${values.diastolic}`] : []
  for (const [code, value] of Object.entries(values)) if (NAMES[code]) parts.push(`${NAMES[code]} ${value}`)
  return `量的数：${parts.join('，')}`
}
