/** A connected area of text as far as it is known: what it covers, how many pixels it has and what their values add up to. */
export type Area = {
  readonly left: number
  readonly top: number
  /** Exclusive, as `bottom` is. */
  readonly right: number
  readonly bottom: number
  readonly pixels: number
  readonly sum: number
}

/** Two areas as one. */
export function uniteAreas(a: Area, b: Area): Area {
  return {
    left: Math.min(a.left, b.left),
    top: Math.min(a.top, b.top),
    right: Math.max(a.right, b.right),
    bottom: Math.max(a.bottom, b.bottom),
    pixels: a.pixels + b.pixels,
    sum: a.sum + b.sum,
  }
}
