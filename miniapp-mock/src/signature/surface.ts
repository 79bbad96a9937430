/** The sheet of paper under the pen: found, sized and listened to on each platform. */
import type { ComponentInternalInstance } from 'vue'
import { drawStrokes, pngOf, type Ink, type Point, type Stroke } from './strokes'

export interface Surface {
  draw(strokes: Stroke[]): void
  png(): string
}

export interface Pen {
  down(at: Point): void
  move(at: Point): void
  up(): void
}

interface CanvasLike {
  width: number
  height: number
  getContext(kind: '2d'): unknown
  toDataURL(type: string): string
}

/** Sharper than this only makes the file larger. */
const SHARPEST = 2

function prepare(canvas: CanvasLike, width: number, height: number, ratio: number): Surface {
  canvas.width = Math.round(width * ratio)
  canvas.height = Math.round(height * ratio)
  const ink = canvas.getContext('2d') as Ink
  const draw = (strokes: Stroke[]) => drawStrokes(ink, strokes, width, height, ratio)
  draw([])
  return { draw, png: () => pngOf(canvas.toDataURL('image/png')) }
}

// #ifdef H5
/** In the browser: a canvas of our own inside `place`, and every kind of pointer. */
export function openBrowserSurface(place: HTMLElement, pen: Pen): Surface {
  const canvas = document.createElement('canvas')
  canvas.style.cssText = 'display:block;width:100%;height:100%;touch-action:none'
  place.appendChild(canvas)
  const at = (event: PointerEvent): Point => ({ x: event.offsetX, y: event.offsetY })
  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId)
    pen.down(at(event))
  })
  canvas.addEventListener('pointermove', (event) => {
    if (event.buttons) pen.move(at(event))
  })
  canvas.addEventListener('pointerup', () => pen.up())
  canvas.addEventListener('pointercancel', () => pen.up())
  return prepare(canvas, place.clientWidth, place.clientHeight, Math.min(window.devicePixelRatio || 1, SHARPEST))
}
// #endif

/** In WeChat: the canvas node of the component with this id. The touches come from the template. */
export function openWechatSurface(id: string, owner: ComponentInternalInstance): Promise<Surface> {
  return new Promise((resolve) => {
    uni
      .createSelectorQuery()
      .in(owner.proxy)
      .select(`#${id}`)
      .fields({ node: true, size: true } as UniApp.NodeField, (found) => {
        const { node, width, height } = found as unknown as { node: CanvasLike; width: number; height: number }
        resolve(prepare(node, width, height, SHARPEST))
      })
      .exec()
  })
}
