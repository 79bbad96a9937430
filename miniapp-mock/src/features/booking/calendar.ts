/** Putting a place into the phone's calendar: WeChat asks the phone itself, a browser gets the server's file. */
import { API_BASE } from '@/api/client'
import { platform } from '@/platform'
import { ticket } from '@/session/ticket'
import type { Appointment } from './types'

/** A visit is written down as half an hour; nobody knows how long it takes. */
const SECONDS = 1800

export async function putInCalendar(one: Appointment): Promise<boolean> {
  // #ifdef H5
  const headers: Record<string, string> = { Authorization: `Bearer ${ticket.token ?? ''}` }
  if (ticket.actingFor) headers['X-Acting-For'] = ticket.actingFor
  const answer = await platform.request({ method: 'GET', url: `${API_BASE}/appointments/${one.id}/calendar.ics`, headers, timeoutMs: 15_000 }).catch(() => null)
  if (!answer || answer.status !== 200) return false
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([answer.body], { type: 'text/calendar;charset=utf-8' }))
  link.download = 'appointment.ics'
  link.click()
  URL.revokeObjectURL(link.href)
  return true
  // #endif
  // #ifndef H5
  return new Promise((resolve) =>
    wx.addPhoneCalendar({
      title: '去看病',
      startTime: Math.floor(new Date(one.starts_at).getTime() / 1000),
      endTime: String(Math.floor(new Date(one.starts_at).getTime() / 1000) + SECONDS),
      location: `${one.institution_name} ${one.report_to}`,
      description: `带上：${one.bring.join('、')}`,
      success: () => resolve(true),
      fail: () => resolve(false),
    }),
  )
  // #endif
}
