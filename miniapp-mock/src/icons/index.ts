/** Our own line icons, bundled as text: a mask paints them in the colour of the words beside them. */
const drawings = import.meta.glob<string>('./*.svg', { query: '?raw', import: 'default', eager: true })

const masks = new Map(
  Object.entries(drawings).map(([path, svg]) => [
    path.slice(2, -4),
    `url("data:image/svg+xml,${encodeURIComponent(svg.trim()).replace(/'/g, '%27')}")`,
  ]),
)

export const iconNames = [...masks.keys()].sort()

/** Inline style of one icon; an unknown name is a mistake of ours and draws nothing. */
export function iconStyle(name: string): string {
  const mask = masks.get(name)
  return mask ? `-webkit-mask-image:${mask};mask-image:${mask}` : 'visibility:hidden'
}
