/** The one short notice on the screen, and how to undo what it tells. */
import { ref } from 'vue'

export interface Notice {
  text: string
  undo: (() => void | Promise<void>) | null
}

const SHOWN_MS = 3500
/** An old hand needs time to reach the button. */
const UNDO_MS = 8000

export const notice = ref<Notice | null>(null)
let timer: ReturnType<typeof setTimeout> | undefined

/** Says what happened; with `undo` it stays longer and offers the way back. */
export function tell(text: string, undo: Notice['undo'] = null): void {
  clearTimeout(timer)
  notice.value = { text, undo }
  timer = setTimeout(() => (notice.value = null), undo ? UNDO_MS : SHOWN_MS)
}

export async function undoNotice(): Promise<void> {
  const undo = notice.value?.undo
  clearTimeout(timer)
  notice.value = null
  await undo?.()
}
