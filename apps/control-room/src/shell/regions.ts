/** `F6` walks the regions of a screen, `Shift F6` walks back: landmarks marked with `data-region`, in reading order. */
export function nextRegion(backwards: boolean): void {
  const regions = [...document.querySelectorAll<HTMLElement>('[data-region]')].filter(
    (region) => region.offsetParent !== null,
  )
  const here = regions.findIndex((region) => region.contains(document.activeElement))
  const step = backwards ? -1 : 1
  const next = regions[(here + step + regions.length) % Math.max(1, regions.length)]
  if (next === undefined) {
    return
  }
  const inside = next.querySelector<HTMLElement>(
    '[aria-current]:is(a, button), a[href], button:not([disabled]), input, [tabindex="0"]',
  )
  if (inside === null) {
    next.tabIndex = -1
    next.focus()
    return
  }
  inside.focus()
}
