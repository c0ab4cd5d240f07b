import { cornersOf, type Rectangle } from '../geometry/rectangle.ts'
import type { ProbabilityMap } from './findComponents.ts'

/** Mean of the map's values whose pixel centres lie inside the rectangle; 0 when there is none. */
export function meanInside({ width, height, data }: ProbabilityMap, rectangle: Rectangle): number {
  const corners = cornersOf(rectangle)
  const [xs, ys] = [corners.map((corner) => corner.x), corners.map((corner) => corner.y)]
  const [left, right] = [Math.max(0, Math.floor(Math.min(...xs))), Math.min(width, Math.ceil(Math.max(...xs)))]
  const [top, bottom] = [Math.max(0, Math.floor(Math.min(...ys))), Math.min(height, Math.ceil(Math.max(...ys)))]
  const { center, along } = rectangle
  let [sum, count] = [0, 0]
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const [dx, dy] = [x + 0.5 - center.x, y + 0.5 - center.y]
      if (Math.abs(dx * along.x + dy * along.y) > rectangle.width / 2) continue
      if (Math.abs(dy * along.x - dx * along.y) > rectangle.height / 2) continue
      sum += data[y * width + x] ?? 0
      count++
    }
  }
  return count === 0 ? 0 : sum / count
}
