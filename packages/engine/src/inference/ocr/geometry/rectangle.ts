export type Point = { readonly x: number; readonly y: number }

/**
 * A rectangle at any angle. `along` is the unit vector of its width; its height runs along `down(along)`. Coordinates are those of
 * the image, y downwards; pixel (i, j) covers [i, i+1) × [j, j+1). Angles are kept as vectors, so that no result depends on a
 * platform's trigonometry.
 */
export type Rectangle = {
  readonly center: Point
  readonly along: Point
  readonly width: number
  readonly height: number
}

/** The vector a quarter turn clockwise (on screen) from `along`: the direction in which the next line lies. */
export function down(along: Point): Point {
  return { x: -along.y, y: along.x }
}

/** The point at (`u`, `v`) from the centre, measured along the rectangle's own axes. */
export function pointAt({ center, along }: Rectangle, u: number, v: number): Point {
  return { x: center.x + u * along.x - v * along.y, y: center.y + u * along.y + v * along.x }
}

/** Corners clockwise from the top left of the text as it reads. */
export function cornersOf(rectangle: Rectangle): [Point, Point, Point, Point] {
  const [u, v] = [rectangle.width / 2, rectangle.height / 2]
  return [pointAt(rectangle, -u, -v), pointAt(rectangle, u, -v), pointAt(rectangle, u, v), pointAt(rectangle, -u, v)]
}

/** The same area, read after `quarters` clockwise quarter turns of the reader's view. */
export function turn(rectangle: Rectangle, quarters: number): Rectangle {
  let { along, width, height } = rectangle
  for (let i = 0; i < (quarters & 3); i++) {
    along = down(along)
    const previous = width
    width = height
    height = previous
  }
  return { center: rectangle.center, along, width, height }
}

/** Smallest rectangle with direction `along` that covers `points`. */
export function boundAlong(points: readonly Point[], along: Point): Rectangle {
  let [minU, maxU, minV, maxV] = [Infinity, -Infinity, Infinity, -Infinity]
  for (const { x, y } of points) {
    const u = x * along.x + y * along.y
    const v = -x * along.y + y * along.x
    if (u < minU) minU = u
    if (u > maxU) maxU = u
    if (v < minV) minV = v
    if (v > maxV) maxV = v
  }
  const [u, v] = [(minU + maxU) / 2, (minV + maxV) / 2]
  return {
    center: { x: u * along.x - v * along.y, y: u * along.y + v * along.x },
    along,
    width: maxU - minU,
    height: maxV - minV,
  }
}
