/** Money is whole fen inside and yuan on the screen. */

/** 123456 → "1,234.56 元"; round amounts lose the fen: 30000 → "300 元". */
export function yuanText(fen: number): string {
  const sign = fen < 0 ? '-' : ''
  const whole = Math.floor(Math.abs(fen) / 100)
  const rest = Math.abs(fen) % 100
  const grouped = String(whole).replace(/\B(?=(\d{3})+$)/g, ',')
  return `${sign}${grouped}${rest ? `.${String(rest).padStart(2, '0')}` : ''} 元`
}
