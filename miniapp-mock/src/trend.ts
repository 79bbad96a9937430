/** Readings as a line on a small sheet: where it went, and the line it should stay below. */

export interface Point {
  at: string
  values: Record<string, number>
}

export const WIDTH = 320
export const HEIGHT = 120
const PAD = 10
const COLOURS: Record<string, string> = { systolic: '#0b7266', diastolic: '#54615e', glucose_fasting: '#0b7266' }

export interface Scale {
  lowest: number
  highest: number
}

/** From a little under the lowest value to a little over the highest, the aims included. */
export function scaleOf(points: Point[], codes: string[], aims: number[]): Scale | null {
  const values = points.flatMap((one) => codes.flatMap((code) => (code in one.values ? [one.values[code]] : [])))
  if (values.length === 0) return null
  const all = [...values, ...aims]
  const room = Math.max((Math.max(...all) - Math.min(...all)) * 0.12, 1)
  return { lowest: Math.min(...all) - room, highest: Math.max(...all) + room }
}

/** Left to right by date, not by number: a gap of months looks like one. */
export function placesOf(points: Point[], code: string, scale: Scale): { x: number; y: number }[] {
  const times = points.map((one) => Date.parse(one.at))
  const [first, last] = [Math.min(...times), Math.max(...times)]
  const span = last - first || 1
  return points.flatMap((one, index) => {
    if (!(code in one.values)) return []
    const share = times.length === 1 || last === first ? 0.5 : (times[index] - first) / span
    const height = (one.values[code] - scale.lowest) / (scale.highest - scale.lowest)
    return [{ x: PAD + share * (WIDTH - 2 * PAD), y: HEIGHT - PAD - height * (HEIGHT - 2 * PAD) }]
  })
}

/** The drawing as a picture both builds can show. Words stand beside it, never in it. */
export function drawing(points: Point[], codes: string[], aims: Record<string, number | null>): string {
  const lines = codes.flatMap((code) => aims[code] ?? [])
  const scale = scaleOf(points, codes, lines)
  if (!scale) return ''
  const round = (value: number) => Math.round(value * 10) / 10
  const aimLines = lines.map((aim) => {
    const y = round(HEIGHT - PAD - ((aim - scale.lowest) / (scale.highest - scale.lowest)) * (HEIGHT - 2 * PAD))
    return `<path d="M0 ${y}H${WIDTH}" stroke="#8a5a00" stroke-width="1" stroke-dasharray="5 5"/>`
  })
  const curves = codes.map((code) => {
    const places = placesOf(points, code, scale)
    const colour = COLOURS[code] ?? '#0b7266'
    const path = places.map(({ x, y }, index) => `${index ? 'L' : 'M'}${round(x)} ${round(y)}`).join('')
    const dots = places.map(({ x, y }) => `<circle cx="${round(x)}" cy="${round(y)}" r="3.5" fill="${colour}"/>`).join('')
    return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="2.5" stroke-linejoin="round"/>${dots}`
  })
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}">${aimLines.join('')}${curves.join('')}</svg>`
  return `url("data:image/svg+xml,${encodeURIComponent(svg)}")`
}
