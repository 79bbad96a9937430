/** Lets a page begin only when the person is known; otherwise leads to the door and back again. */
import { ref } from 'vue'
import { platform } from '../platform'
import { Problem } from '../api'
import { useSession } from './store'

export const HOME = '/pages/home/index'
export const ENTRY = '/pages/entry/index'
const NEXT = 'next'

const opened = ref(false)
export const gateProblem = ref<Problem | null>(null)
let opening: Promise<void> | null = null
const waiting: Array<() => void> = []

/** True once the person is known and has agreed to the privacy notice. */
export const isOpen = opened

/** Resolves when the gate has opened; never before. */
export function whenOpen(): Promise<void> {
  return opened.value ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))
}

export function openGate(): void {
  opened.value = true
  gateProblem.value = null
  waiting.splice(0).forEach((go) => go())
}

export function closeGate(): void {
  opened.value = false
}

/** Reads who this is; true when the person may enter. A refusal of the server leads to the door, a failure does not. */
async function mayEnter(): Promise<boolean> {
  const session = useSession()
  try {
    if (session.me === null && session.signedIn) await session.loadMe()
    else if (session.me === null) await session.signIn(true)
    return session.mayEnter
  } catch (error) {
    if (error instanceof Problem && error.kind !== 'signed-out') throw error
    return false
  }
}

async function open(wanted: string): Promise<void> {
  gateProblem.value = null
  try {
    if (await mayEnter()) return openGate()
    platform.identity.set(NEXT, wanted)
    uni.reLaunch({ url: ENTRY })
  } catch (error) {
    gateProblem.value = error as Problem
  }
}

/** Opens the gate for this page, or goes to the entry and remembers where the person wanted to go. */
export function passGate(wanted: string): Promise<void> {
  if (opened.value) return Promise.resolve()
  opening ??= open(wanted).finally(() => (opening = null))
  return opening
}

/** Goes where the person wanted to go before the door, or home. */
export function goOn(): void {
  const wanted = platform.identity.get<string>(NEXT)
  platform.identity.remove(NEXT)
  openGate()
  uni.reLaunch({ url: wanted && !wanted.startsWith(ENTRY) ? wanted : HOME })
}
