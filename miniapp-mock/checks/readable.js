/**
 * For a browser test: `page.evaluate(text of this file)` gives what an old hand or eye would miss on the
 * page as it stands: targets under 48 px, words under 15 px, words that are cut off, a page too wide.
 */
() => {
  const TARGETS = '[role=button],[role=tab],[role=radio],[role=checkbox],[role=searchbox],input,textarea,button,a[href]'
  const TOUCH = 48
  const FONT = 15
  const found = []
  const words = (element) => (element.getAttribute('aria-label') || element.innerText || '').trim().slice(0, 24)
  const isShown = (element) => {
    const { width, height } = element.getBoundingClientRect()
    return width > 0 && height > 0 && getComputedStyle(element).visibility !== 'hidden'
  }
  for (const element of document.querySelectorAll(TARGETS)) {
    if (!isShown(element)) continue
    const { width, height } = (element.closest('.ld-field .box') || element).getBoundingClientRect()
    if (height < TOUCH - 0.5 || width < TOUCH - 0.5) found.push(`small target ${Math.round(width)}x${Math.round(height)}: ${words(element)}`)
  }
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    const element = text.parentElement
    const content = text.textContent.trim()
    if (!content || !isShown(element) || element.closest('script,style')) continue
    const style = getComputedStyle(element)
    if (parseFloat(style.fontSize) < FONT) found.push(`small words ${style.fontSize}: ${content.slice(0, 24)}`)
    if (style.display !== 'inline' && element.scrollWidth > element.clientWidth + 1) found.push(`cut words: ${content.slice(0, 24)}`)
  }
  if (document.documentElement.scrollWidth > window.innerWidth) found.push(`page ${document.documentElement.scrollWidth} wide`)
  return found
}
