import { describe, expect, it } from 'vitest'
import { agoText, appointmentText, dateText, dayText, exactText, leftText, spanText, waitedText, whenText } from '../src/time/human'

/** Tuesday. */
const NOW = '2026-11-24T08:30:00Z'
const at = (text: string) => `${text}+08:00`

describe('when', () => {
  it.each([
    ['2026-11-24T16:30', '今天 16:30'],
    ['2026-11-25T04:00', '明天 凌晨 4:00'],
    ['2026-11-25T09:40', '明天 9:40'],
    ['2026-11-23T23:59', '昨天 23:59'],
    ['2026-11-25T00:05', '明天 凌晨 0:05'],
    ['2026-11-27T09:20', '周五 上午 9:20'],
    ['2026-11-26T14:05', '周四 下午 2:05'],
    ['2026-12-01T09:20', '12月1日 周二 上午 9:20'],
    ['2026-11-10T19:00', '11月10日 周二 晚上 7:00'],
    ['2027-01-03T12:10', '2027年1月3日 周日 中午 12:10'],
  ])('%s is %s', (instant, words) => expect(whenText(at(instant), NOW)).toBe(words))

  it('counts days in Beijing, not in the zone of the server or the phone', () => {
    expect(whenText('2026-11-24T16:01:00Z', '2026-11-24T15:59:00Z')).toBe('明天 凌晨 0:01')
  })
  it('names the date of an appointment even when it is near', () => {
    expect(appointmentText(at('2026-11-26T09:20'), NOW)).toBe('11月26日 周四 上午 9:20')
  })
  it('knows the day and a bare date', () => {
    expect(dayText(NOW, NOW)).toBe('11月24日 周二')
    expect(dateText('2027-02-17', NOW)).toBe('2027年2月17日 周三')
  })
})

describe('how long', () => {
  it.each([
    [30_000, '不到 1 分钟'],
    [22 * 60_000, '22 分钟'],
    [3 * 3_600_000, '3 小时'],
    [(2 * 60 + 5) * 60_000, '2 小时 5 分'],
    [50 * 3_600_000, '2 天'],
  ])('%d ms is %s', (ms, words) => expect(spanText(ms)).toBe(words))

  it('says when the time is over instead of a negative rest', () => {
    expect(leftText(at('2026-11-24T16:52'), NOW)).toBe('还剩 22 分钟')
    expect(leftText(at('2026-11-24T16:25'), NOW)).toBe('已过 5 分钟')
  })
  it('tells waiting and the recent past', () => {
    expect(waitedText(at('2026-11-24T16:05'), NOW)).toBe('已等 25 分钟')
    expect(agoText(at('2026-11-24T16:29:30'), NOW)).toBe('刚刚')
    expect(agoText(at('2026-11-24T16:10'), NOW)).toBe('20 分钟前')
    expect(agoText(at('2026-11-24T09:10'), NOW)).toBe('今天 9:10')
  })
  it('gives the exact instant with its zone', () => {
    expect(exactText('2026-11-24T08:30:05Z')).toBe('2026年11月24日 周二 16:30:05（北京时间）')
  })
})
