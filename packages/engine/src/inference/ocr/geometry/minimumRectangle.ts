import { boundAlong, type Point, type Rectangle } from './rectangle.ts'

/**
 * Rectangle of least area that covers a convex polygon. One side of it lies on a side of the polygon (Freeman and Shapira 1975), so
 * every side is tried; the first one wins a tie. Its width is the longer side. A single point gives a rectangle without extent.
 */
export function minimumRectangle(hull: readonly Point[]): Rectangle {
  let best = boundAlong(hull, { x: 1, y: 0 })
  for (let i = 0; i < hull.length; i++) {
    const along = direction(hull[i], hull[(i + 1) % hull.length])
    if (!along) continue
    const candidate = boundAlong(hull, along)
    if (candidate.width * candidate.height < best.width * best.height) best = candidate
  }
  if (best.width >= best.height) return best
  return { ...best, along: { x: -best.along.y, y: best.along.x }, width: best.height, height: best.width }
}

function direction(from: Point | undefined, to: Point | undefined): Point | undefined {
  if (!from || !to) return undefined
  const [x, y] = [to.x - from.x, to.y - from.y]
  const length = Math.sqrt(x * x + y * y)
  return length > 0 ? { x: x / length, y: y / length } : undefined
}
