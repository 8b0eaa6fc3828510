/** A word beside a mark, in pixels: where the mark is and how large the word would be. */
export type Wish = { readonly key: string; readonly x: number; readonly y: number; readonly width: number }
/** Where a word's left upper corner goes, from its mark. */
export type Offset = { readonly dx: number; readonly dy: number }
type Rectangle = { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number }

export type LabelSizes = { readonly markRadius: number; readonly gap: number; readonly height: number }

/** Boxes on a grid: whether another one fits is asked of the few that share its cells. */
function occupancy(cell: number) {
  const cells = new Map<number, Rectangle[]>()
  const near = ({ left, top, right, bottom }: Rectangle): number[] => {
    const keys: number[] = []
    for (let column = Math.floor(left / cell); column <= Math.floor(right / cell); column += 1) {
      for (let row = Math.floor(top / cell); row <= Math.floor(bottom / cell); row += 1) {
        keys.push(column * 65_536 + row)
      }
    }
    return keys
  }
  return {
    take: (box: Rectangle): void => {
      for (const key of near(box)) {
        const held = cells.get(key)
        if (held === undefined) {
          cells.set(key, [box])
        } else {
          held.push(box)
        }
      }
    },
    isFree: (box: Rectangle): boolean =>
      near(box).every((key) => (cells.get(key) ?? []).every((other) => !overlap(box, other))),
  }
}

const overlap = (one: Rectangle, other: Rectangle): boolean =>
  one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom

/**
 * Which marks get their word, and on which side: none covers a mark or another word. Who comes first chooses first; a
 * word that has a side (`before`) keeps it while it can, so that nothing flickers as units walk.
 */
export function placeLabels(
  wishes: readonly Wish[],
  before: ReadonlyMap<string, number>,
  { markRadius, gap, height }: LabelSizes,
): ReadonlyMap<string, number> {
  const taken = occupancy(64)
  for (const { x, y } of wishes) {
    taken.take({ left: x - markRadius, top: y - markRadius, right: x + markRadius, bottom: y + markRadius })
  }
  const placed = new Map<string, number>()
  for (const { key, x, y, width } of wishes) {
    const held = before.get(key)
    for (const side of held === undefined ? sides : [held, ...sides]) {
      const { dx, dy } = offsetOf(side, width, { markRadius, gap, height })
      const box = { left: x + dx, top: y + dy, right: x + dx + width, bottom: y + dy + height }
      if (taken.isFree(box)) {
        taken.take(box)
        placed.set(key, side)
        break
      }
    }
  }
  return placed
}

/** Right of the mark, left, below, above: in this order of liking. */
const sides = [0, 1, 2, 3] as const

export function offsetOf(side: number, width: number, { markRadius, gap, height }: LabelSizes): Offset {
  const away = markRadius + gap
  switch (side) {
    case 0:
      return { dx: away, dy: -height / 2 }
    case 1:
      return { dx: -away - width, dy: -height / 2 }
    case 2:
      return { dx: -width / 2, dy: away }
    default:
      return { dx: -width / 2, dy: -away - height }
  }
}
