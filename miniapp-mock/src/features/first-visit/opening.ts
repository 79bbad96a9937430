/** Opens a visit and goes to it. */
import { api } from '@/api'
import { useDeed } from '@/api/deed'
import { navigate } from '@/navigate'
import type { Visit } from './types'

export function useOpening() {
  const { busy, problem, run } = useDeed()
  const open = (body: { resident_id: string; department: string | null; handoff_id?: string; complaint?: string; kind?: string }) =>
    run(async () => {
      const visit = await api.post<Visit>('/visits', { kind: 'first_visit', ...body })
      navigate(`/features/first-visit/pages/visit?id=${visit.id}`)
    })
  return { busy, problem, open }
}
