/** What a hand drew, and how it becomes ink. Free of any platform. */

export interface Point {
  x: number
  y: number
}
export type Stroke = Point[]

/** The part of a drawing surface that ink needs; the browser's and WeChat's both have it. */
export interface Ink {
  lineWidth: number
  lineCap: string
  lineJoin: string
  strokeStyle: unknown
  fillStyle: unknown
  setTransform(a: number, b: number, c: number, d: number, e: number, f: number): void
  fillRect(x: number, y: number, width: number, height: number): void
  beginPath(): void
  moveTo(x: number, y: number): void
  lineTo(x: number, y: number): void
  quadraticCurveTo(x1: number, y1: number, x: number, y: number): void
  stroke(): void
}

const LINE_PX = 3.2
/** Less than this is a slip of the finger, not a name. Points of the page. */
const SHORTEST_NAME = 80

/** How far the pen went, in points. */
export function inkLength(strokes: Stroke[]): number {
  let length = 0
  for (const stroke of strokes) {
    for (let index = 1; index < stroke.length; index += 1) {
      length += Math.hypot(stroke[index].x - stroke[index - 1].x, stroke[index].y - stroke[index - 1].y)
    }
  }
  return length
}

export const looksSigned = (strokes: Stroke[]): boolean => inkLength(strokes) >= SHORTEST_NAME

/** Draws everything anew on white; `ratio` is device pixels a point. */
export function drawStrokes(ink: Ink, strokes: Stroke[], width: number, height: number, ratio: number): void {
  ink.setTransform(ratio, 0, 0, ratio, 0, 0)
  ink.fillStyle = '#ffffff'
  ink.fillRect(0, 0, width, height)
  ink.strokeStyle = '#16211f'
  ink.lineWidth = LINE_PX
  ink.lineCap = 'round'
  ink.lineJoin = 'round'
  for (const stroke of strokes) {
    if (stroke.length === 0) continue
    ink.beginPath()
    ink.moveTo(stroke[0].x, stroke[0].y)
    for (let index = 1; index < stroke.length; index += 1) {
      const from = stroke[index - 1]
      const to = stroke[index]
      ink.quadraticCurveTo(from.x, from.y, (from.x + to.x) / 2, (from.y + to.y) / 2)
    }
    const last = stroke[stroke.length - 1]
    ink.lineTo(last.x, last.y)
    ink.stroke()
  }
}

/** The base64 of a PNG data address. */
export function pngOf(dataUrl: string): string {
  return dataUrl.replace(/^data:image\/png;base64,/, '')
}
