import type { Point } from './rectangle.ts'

/**
 * Convex hull by Andrew's monotone chain (1979): corners in order, without repeats or points on a straight edge. Fewer than three
 * different points come back as they are.
 */
export function convexHull(points: readonly Point[]): Point[] {
  const sorted = [...points].sort((a, b) => a.x - b.x || a.y - b.y)
  const distinct = sorted.filter((point, i) => {
    const previous = sorted[i - 1]
    return !previous || previous.x !== point.x || previous.y !== point.y
  })
  if (distinct.length < 3) return distinct
  const lower = chain(distinct)
  const upper = chain(distinct.reverse())
  return [...lower.slice(0, -1), ...upper.slice(0, -1)]
}

function chain(points: readonly Point[]): Point[] {
  const kept: Point[] = []
  for (const point of points) {
    while (kept.length >= 2 && !turnsLeft(kept, point)) kept.pop()
    kept.push(point)
  }
  return kept
}

function turnsLeft(kept: readonly Point[], point: Point): boolean {
  const [a, b] = kept.slice(-2)
  if (!a || !b) return true
  return (b.x - a.x) * (point.y - a.y) - (b.y - a.y) * (point.x - a.x) > 0
}
