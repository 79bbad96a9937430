/** Talks to the stand-in of WeChat's servers. The WeChat package does not contain this file. */
import { NoAnswer, Unable, type Environment } from '../contract'

export interface DemoPerson {
  openid: string
  nickname: string
  county: string
  who: string
}

/** One message as WeChat would show it among 服务通知. */
export interface InboxMessage {
  at: string
  template: string
  title: string
  fields: Record<string, string>
  page: string | null
}

let environment: Promise<Environment> | null = null

/** Where this browser build runs; asked once, and again after a failure. */
export function readEnvironment(): Promise<Environment> {
  environment ??= fetch('./environment.json', { cache: 'no-store' })
    .then((answer) => {
      if (!answer.ok) throw new NoAnswer('offline')
      return answer.json() as Promise<Environment>
    })
    .catch(() => {
      environment = null
      throw new NoAnswer('offline')
    })
  return environment
}

async function ask<T>(path: string, body?: unknown): Promise<T> {
  const { mock } = await readEnvironment()
  if (!mock) throw new Unable('这里没有模拟的微信，请在微信里打开小程序')
  let answer: Response
  try {
    answer = await fetch(mock + path, {
      method: body === undefined ? 'GET' : 'POST',
      headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
  } catch {
    throw new NoAnswer('offline')
  }
  if (!answer.ok) throw new Unable('模拟的微信没有答应，请换一个身份再试')
  return (await answer.json()) as T
}

export const standIn = {
  people: (county: string) => ask<DemoPerson[]>(`/mock/people?county=${encodeURIComponent(county)}`),
  loginCode: (openid: string) => ask<{ code: string }>('/mock/login-code', { openid }),
  phoneCode: (openid: string, phone?: string) =>
    ask<{ code: string }>('/mock/phone-code', phone ? { openid, phone } : { openid }),
  subscribe: (openid: string, templateIds: string[]) =>
    ask<{ accepted: string[] }>('/mock/subscribe', { openid, template_ids: templateIds }),
  inbox: (openid: string) => ask<InboxMessage[]>(`/mock/inbox?openid=${encodeURIComponent(openid)}`),
}
