/** Instants in the words people use. Everything is shown in Beijing time, wherever the phone is. */

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** China has had one zone and no summer time since 1991. */
const BEIJING = 8 * HOUR
const WEEKDAYS = ['周日', '周一', '周二', '周三', '周四', '周五', '周六']

export type Instant = string | number | Date

interface Wall {
  year: number
  month: number
  day: number
  weekday: string
  hour: number
  minute: number
  second: number
  /** Days since the epoch, in Beijing. */
  dayNumber: number
}

function millis(instant: Instant): number {
  return typeof instant === 'number' ? instant : new Date(instant).getTime()
}

function wall(instant: Instant): Wall {
  const shifted = new Date(millis(instant) + BEIJING)
  return {
    year: shifted.getUTCFullYear(),
    month: shifted.getUTCMonth() + 1,
    day: shifted.getUTCDate(),
    weekday: WEEKDAYS[shifted.getUTCDay()],
    hour: shifted.getUTCHours(),
    minute: shifted.getUTCMinutes(),
    second: shifted.getUTCSeconds(),
    dayNumber: Math.floor(shifted.getTime() / DAY),
  }
}

const two = (value: number) => String(value).padStart(2, '0')

/** The part of the day a villager names; the night belongs to the morning that follows. */
function partOfDay(hour: number): string {
  if (hour < 6) return '凌晨'
  if (hour < 12) return '上午'
  if (hour < 13) return '中午'
  if (hour < 18) return '下午'
  return '晚上'
}

/** 12-hour words want 12-hour figures: 下午 2:30. */
function spoken(at: Wall): string {
  const hour = at.hour > 12 ? at.hour - 12 : at.hour
  return `${partOfDay(at.hour)} ${hour}:${two(at.minute)}`
}

/** Beside 今天 or 明天 the figure alone is enough, but for the night: 4:00 is not the afternoon's. */
function clockText(at: Wall): string {
  return at.hour < 6 ? spoken(at) : `${at.hour}:${two(at.minute)}`
}

/** "11月26日 周四", with the year when it is another one. */
export function dayText(instant: Instant, now: Instant): string {
  const at = wall(instant)
  const year = at.year === wall(now).year ? '' : `${at.year}年`
  return `${year}${at.month}月${at.day}日 ${at.weekday}`
}

/** "今天 16:30", "明天 9:40", "周三 上午 9:20", "11月26日 周四 上午 9:20". */
export function whenText(instant: Instant, now: Instant): string {
  const at = wall(instant)
  const days = at.dayNumber - wall(now).dayNumber
  if (days === 0) return `今天 ${clockText(at)}`
  if (days === 1) return `明天 ${clockText(at)}`
  if (days === -1) return `昨天 ${clockText(at)}`
  if (days > 1 && days < 7) return `${at.weekday} ${spoken(at)}`
  return `${dayText(instant, now)} ${spoken(at)}`
}

/** "11月26日 周四 上午 9:20": for a date somebody must keep, always with the day of the month. */
export function appointmentText(instant: Instant, now: Instant): string {
  return `${dayText(instant, now)} ${spoken(wall(instant))}`
}

/** "上午 7:00": where the day stands above it already. */
export function hourText(instant: Instant): string {
  return spoken(wall(instant))
}

/** "22 分钟", "3 小时 10 分", "2 天": never finer than a person needs. */
export function spanText(ms: number): string {
  const span = Math.abs(ms)
  if (span < MINUTE) return '不到 1 分钟'
  if (span < HOUR) return `${Math.floor(span / MINUTE)} 分钟`
  if (span < DAY) {
    const minutes = Math.floor((span % HOUR) / MINUTE)
    const hours = `${Math.floor(span / HOUR)} 小时`
    return minutes === 0 ? hours : `${hours} ${minutes} 分`
  }
  return `${Math.floor(span / DAY)} 天`
}

/** "还剩 22 分钟", or how long it is past. */
export function leftText(until: Instant, now: Instant): string {
  const left = millis(until) - millis(now)
  return left >= 0 ? `还剩 ${spanText(left)}` : `已过 ${spanText(left)}`
}

/** "已等 25 分钟". */
export function waitedText(since: Instant, now: Instant): string {
  return `已等 ${spanText(millis(now) - millis(since))}`
}

/** "刚刚", "5 分钟前", then the hour or the day. */
export function agoText(instant: Instant, now: Instant): string {
  const past = millis(now) - millis(instant)
  if (past < MINUTE) return '刚刚'
  if (past < HOUR) return `${Math.floor(past / MINUTE)} 分钟前`
  return whenText(instant, now)
}

/** The exact instant, for the tap: "2026年11月24日 周二 16:30:05（北京时间）". */
export function exactText(instant: Instant): string {
  const at = wall(instant)
  return `${at.year}年${at.month}月${at.day}日 ${at.weekday} ${two(at.hour)}:${two(at.minute)}:${two(at.second)}（北京时间）`
}

/** A calendar date of the server (`2026-11-26`) in words. */
export function dateText(date: string, now: Instant): string {
  return dayText(`${date}T00:00:00+08:00`, now)
}
