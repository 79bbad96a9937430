/** What WeChat itself would show, drawn over the page in the browser: choosing who one is, and its questions. */
import { createApp, defineComponent, h, ref, type VNode } from 'vue'
import { Declined } from '../contract'
import type { DemoPerson } from './stand-in'
import './sheets.css'

type Draw<T> = (answer: (value: T) => void) => () => VNode[]

/** Shows one sheet until it is answered; closing it throws Declined. */
function show<T>(title: string, draw: Draw<T>): Promise<T> {
  const place = document.createElement('div')
  document.body.appendChild(place)
  return new Promise<T>((resolve, reject) => {
    const end = (act: () => void) => {
      app.unmount()
      place.remove()
      act()
    }
    const Sheet = defineComponent({
      setup() {
        const body = draw((value) => end(() => resolve(value)))
        return () =>
          h('div', { class: 'wx-veil' }, [
            h('div', { class: 'wx-sheet', role: 'dialog', 'aria-label': title, 'aria-modal': 'true' }, [
              h('div', { class: 'wx-head' }, [
                h('strong', title),
                h(
                  'button',
                  { class: 'wx-close', 'aria-label': '关闭', onClick: () => end(() => reject(new Declined())) },
                  '关闭',
                ),
              ]),
              ...body(),
            ]),
          ])
      },
    })
    const app = createApp(Sheet)
    app.mount(place)
  })
}

const choice = (name: string, note: string, onClick: () => void, testId?: string) =>
  h('button', { class: 'wx-choice', onClick, 'data-testid': testId }, [h('b', name), h('span', note)])

const green = (text: string, onClick: () => void) => h('button', { class: 'wx-green', onClick }, text)

/** Most demo people drawn at once; the rest are found by typing. */
const SHOWN = 60

export function askPerson(people: DemoPerson[]): Promise<DemoPerson> {
  return show('选一个微信身份', (answer) => {
    const typed = ref('')
    return () => {
      const words = typed.value.trim().split(/\s+/).filter(Boolean)
      const found = people.filter((one) => words.every((word) => `${one.nickname} ${one.who} ${one.openid}`.includes(word)))
      return [
        h('p', { class: 'wx-note' }, '这里是浏览器，没有真的微信。选谁，就是谁在用这部手机。'),
        h('input', {
          class: 'wx-search',
          type: 'search',
          placeholder: '搜名字、村、是什么人',
          'aria-label': '搜身份',
          onInput: (event: Event) => (typed.value = (event.target as HTMLInputElement).value),
        }),
        h('div', { class: 'wx-list' }, [
          ...found
            .slice(0, SHOWN)
            .map((one) => choice(one.nickname, one.who, () => answer(one), `person-${one.openid}`)),
          found.length > SHOWN ? h('p', { class: 'wx-note' }, `还有 ${found.length - SHOWN} 人，请搜名字`) : null,
          found.length === 0 ? h('p', { class: 'wx-note' }, '没有找到，换个字试试') : null,
        ]),
      ]
    }
  })
}

/** The number to hand over; empty for the one bound to this WeChat. */
export function askPhone(): Promise<string> {
  return show('手机号', (answer) => {
    const typed = ref('')
    return () => [
      h('p', { class: 'wx-note' }, '联动 申请使用您的手机号'),
      choice('这个微信绑定的手机号', '由模拟的微信给出', () => answer(''), 'phone-bound'),
      h('p', { class: 'wx-note' }, '或用别的号码'),
      h('input', {
        class: 'wx-search',
        type: 'tel',
        'aria-label': '别的手机号',
        placeholder: '11 位手机号',
        onInput: (event: Event) => (typed.value = (event.target as HTMLInputElement).value.trim()),
      }),
      green('用这个号码', () => {
        if (/^1\d{10}$/.test(typed.value)) answer(typed.value)
      }),
    ]
  })
}

export async function askSubscribe(count: number): Promise<boolean> {
  try {
    return await show<boolean>('发消息提醒您', (answer) => () => [
      h('p', { class: 'wx-note' }, `联动 想给您发 ${count} 种提醒。每答应一次，可以发一条。`),
      green('允许', () => answer(true)),
      h('button', { class: 'wx-choice', onClick: () => answer(false) }, [h('b', '不要')]),
    ])
  } catch {
    return false
  }
}

export function askScan(): Promise<string> {
  return show('扫一扫', (answer) => {
    const typed = ref('')
    return () => [
      h('p', { class: 'wx-note' }, '浏览器里不开摄像头，把码里的内容输进来。'),
      h('input', {
        class: 'wx-search',
        'aria-label': '码里的内容',
        onInput: (event: Event) => (typed.value = (event.target as HTMLInputElement).value.trim()),
      }),
      green('好了', () => {
        if (typed.value) answer(typed.value)
      }),
    ]
  })
}

export function tellPhone(number: string): void {
  show<void>('打电话', (answer) => () => [
    h('p', { class: 'wx-note' }, '手机上会直接拨号。'),
    h('a', { class: 'wx-green', href: `tel:${number}`, onClick: () => answer() }, `呼叫 ${number}`),
  ]).catch(() => undefined)
}
