/** One deed of a page: busy while it runs, and its refusal kept to be shown. */
import { ref } from 'vue'
import { Problem } from './problem'

export function useDeed() {
  const busy = ref(false)
  const problem = ref<Problem | null>(null)

  /** True when it was done. What is no refusal is a fault of ours, and goes on as one. */
  async function run(deed: () => Promise<unknown>): Promise<boolean> {
    busy.value = true
    problem.value = null
    try {
      await deed()
      return true
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      problem.value = error
      return false
    } finally {
      busy.value = false
    }
  }
  return { busy, problem, run }
}
