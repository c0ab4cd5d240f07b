import type { Region } from '../detect/findRegions.ts'
import { expandRectangle } from '../geometry/expandRectangle.ts'
import { minimumRectangle } from '../geometry/minimumRectangle.ts'
import { boundAlong, type Point, type Rectangle } from '../geometry/rectangle.ts'

/** How far text reaches beyond the core that the detector marks; PP-OCRv4's own value. */
const EXPANSION = 1.7

/** A region this many times as long as high shows by itself which way its line runs. */
const CLEAR_ASPECT = 3

/**
 * The rectangles of the regions' texts, each along its line: to the right for lines nearer to the horizontal, downwards for others.
 * Which of its two ends a line starts at is not decided here. Short regions (a "1", a "%") show no direction of their own and take
 * that of the page, the mean of its long ones.
 */
export function directRegions(regions: readonly Region[]): Rectangle[] {
  const own = regions.map(({ hull }) => forwards(minimumRectangle(hull)))
  const page = meanDirection(own)
  return regions.map(({ hull }, i) => {
    const rectangle = own[i]
    const clear = rectangle && rectangle.width >= CLEAR_ASPECT * rectangle.height
    return expandRectangle(clear ? rectangle : boundAlong(hull, page), EXPANSION)
  })
}

/** The direction in which most of the text runs, in one sense or the other; rightwards if nothing shows. */
export function pageDirection(regions: readonly Region[]): Point {
  return meanDirection(regions.map(({ hull }) => forwards(minimumRectangle(hull))))
}

/** The rectangle with `along` to the right, or downwards if it is nearer to the vertical. */
function forwards(rectangle: Rectangle): Rectangle {
  const { x, y } = rectangle.along
  const ahead = Math.abs(x) >= Math.abs(y) ? x > 0 : y > 0
  return ahead ? rectangle : { ...rectangle, along: { x: -x, y: -y } }
}

/** Mean direction of the long rectangles of the more common axis, longer ones counting more; rightwards if there are none. */
function meanDirection(rectangles: readonly Rectangle[]): Point {
  const long = rectangles.filter(({ width, height }) => width >= CLEAR_ASPECT * height)
  const level = long.filter(isLevel)
  const upright = long.filter((rectangle) => !isLevel(rectangle))
  const chosen = totalWidth(level) >= totalWidth(upright) ? level : upright
  let [x, y] = [0, 0]
  for (const { along, width } of chosen) {
    x += along.x * width
    y += along.y * width
  }
  const length = Math.sqrt(x * x + y * y)
  return length > 0 ? { x: x / length, y: y / length } : { x: 1, y: 0 }
}

function isLevel({ along }: Rectangle): boolean {
  return Math.abs(along.x) >= Math.abs(along.y)
}

function totalWidth(rectangles: readonly Rectangle[]): number {
  return rectangles.reduce((sum, { width }) => sum + width, 0)
}
