// What a reader cannot see or press on the page as it stands, one line each.
() => {
  const SCROLLS = /auto|scroll/
  const CUTS = /hidden|clip/
  const text = (element) => (element.getAttribute('aria-label') || element.textContent || element.value || element.outerHTML).trim().replace(/\s+/g, ' ').slice(0, 50)
  const own = (element) => [...element.childNodes].filter((node) => node.nodeType === 3 && node.data.trim())
  const unseen = (element) => {
    for (let up = element; up; up = up.parentElement) {
      const style = getComputedStyle(up)
      if (style.clipPath !== 'none' || style.opacity === '0' || (up.matches('.skip') && !up.matches(':focus'))) return true
    }
    return !element.checkVisibility({ visibilityProperty: true, opacityProperty: true })
  }
  // The boxes around it that cut off what stands beyond them, and whether one of them scrolls first.
  const frames = (element) => {
    const found = { x: [], y: [], scrolls: false, fixed: false }
    for (let up = element; up && up !== document.body; up = up.parentElement) {
      const style = getComputedStyle(up)
      if (style.position === 'fixed' || style.position === 'sticky') found.fixed = true
      if (SCROLLS.test(style.overflowX)) found.scrolls = true
      if (SCROLLS.test(style.overflowX) || SCROLLS.test(style.overflowY)) break
      const box = up.getBoundingClientRect()
      if (CUTS.test(style.overflowX)) found.x.push(box)
      if (CUTS.test(style.overflowY)) found.y.push(box)
    }
    return found
  }
  const lost = []
  const lines = []
  for (const element of document.querySelectorAll('body *')) {
    const nodes = own(element)
    if (!nodes.length || element.closest('option, script, style, template, svg') || unseen(element)) continue
    const around = frames(element)
    for (const node of nodes) {
      const range = document.createRange()
      range.selectNodeContents(node)
      for (const box of range.getClientRects()) {
        if (box.width < 1) continue
        if (!around.scrolls && (box.left < -1 || box.right > innerWidth + 1)) lost.push(`beyond the window: ${text(element)}`)
        if (around.x.some((frame) => box.left < frame.left - 1 || box.right > frame.right + 1)
          || around.y.some((frame) => box.top < frame.top - box.height / 4 || box.bottom > frame.bottom + box.height / 4)) lost.push(`cut off: ${text(element)}`)
        // Lines set tight touch without harm: only the middle of each counts.
        if (!around.fixed && !around.scrolls) lines.push({ element, left: box.left + 1, right: box.right - 1, top: box.top + box.height * 0.3, bottom: box.bottom - box.height * 0.3 })
      }
    }
  }
  lines.sort((one, other) => one.top - other.top)
  for (let first = 0; first < lines.length; first += 1) {
    for (let second = first + 1; second < lines.length && lines[second].top < lines[first].bottom; second += 1) {
      const [one, other] = [lines[first], lines[second]]
      if (one.element !== other.element && one.left < other.right && other.left < one.right) lost.push(`on top of each other: ${text(one.element)} / ${text(other.element)}`)
    }
  }
  for (const control of document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')) {
    if (unseen(control) || control.closest('[popover]')) continue
    const around = frames(control)
    const box = control.getBoundingClientRect()
    if (!around.scrolls && box.width && (box.left < -1 || box.right > innerWidth + 1)) lost.push(`out of reach: ${text(control)}`)
    const shows = control.matches('button, .button, select, [type=submit]') && getComputedStyle(control)
    if (shows && control.scrollWidth > control.clientWidth + 1 && !control.matches('select')) lost.push(`does not fit: ${text(control)}`)
  }
  const wider = document.documentElement.scrollWidth - document.documentElement.clientWidth
  if (wider > 0) lost.push(`the page is ${wider} pixels wider than the window`)
  return [...new Set(lost)]
}
