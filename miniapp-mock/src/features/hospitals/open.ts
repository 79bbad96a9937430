/** Content that everybody may read: asked without a token, so that the page opens before anybody has signed in. */
import { ref, shallowRef, watch, type Ref } from 'vue'
import { api, Problem } from '@/api'

export interface OpenContent<T> {
  data: Ref<T | null>
  problem: Ref<Problem | null>
  refresh(): Promise<void>
}

/** Follows `path()`; null means there is nothing to fetch. An answer that comes too late is let go. */
export function useOpenContent<T>(path: () => string | null): OpenContent<T> {
  const data = shallowRef<T | null>(null)
  const problem = ref<Problem | null>(null) as Ref<Problem | null>
  let order = 0

  async function refresh(): Promise<void> {
    const address = path()
    const mine = ++order
    problem.value = null
    if (address === null) return
    try {
      const answer = await api.get<T>(address, { anonymous: true })
      if (mine === order) data.value = answer
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      if (mine === order) problem.value = error
    }
  }
  watch(path, () => void refresh(), { immediate: true })
  return { data, problem, refresh }
}
