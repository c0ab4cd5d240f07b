import { convexHull } from '../geometry/convexHull.ts'
import { minimumRectangle } from '../geometry/minimumRectangle.ts'
import type { Point } from '../geometry/rectangle.ts'
import { findComponents, outline, type ProbabilityMap } from './findComponents.ts'
import { meanInside } from './meanInside.ts'

/** The core of a piece of text, smaller than the text all round: the convex hull of its pixels in the detector's map. */
export type Region = { readonly hull: readonly Point[] }

/** The values that PP-OCRv4's own post-processing uses, but for `minSide`, where it has 3 in whole pixels' distance. */
const PIXEL_THRESHOLD = 0.3
const REGION_THRESHOLD = 0.6
const MIN_SIDE = 3
const MAX_REGIONS = 1000

/** Regions of text in the detector's map: connected, not too small, and probable enough on average (DB, section 3.5). */
export function findRegions(map: ProbabilityMap): Region[] {
  const regions: Region[] = []
  for (const component of findComponents(map, PIXEL_THRESHOLD)) {
    if (component.pixels < MIN_SIDE * MIN_SIDE) continue
    const hull = convexHull(outline(component))
    const rectangle = minimumRectangle(hull)
    if (rectangle.height < MIN_SIDE || meanInside(map, rectangle) < REGION_THRESHOLD) continue
    regions.push({ hull })
    if (regions.length === MAX_REGIONS) break
  }
  return regions
}
