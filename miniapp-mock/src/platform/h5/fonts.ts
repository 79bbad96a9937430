/** The web's own letters, for a browser whose machine has none for Chinese names; only the parts in use are fetched. */
export function bringLetters() {
  const link = document.createElement('link')
  link.rel = 'stylesheet'
  link.href = '/static/build/fonts/fonts.css'
  document.head.append(link)
}
