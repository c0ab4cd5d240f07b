import type { Point } from '../geometry/rectangle.ts'

/** A map of values in [0, 1], row-major. */
export type ProbabilityMap = { readonly width: number; readonly height: number; readonly data: Float32Array }

/** A connected area, as its leftmost and rightmost pixel in each row from `top` on: all that its convex hull depends on. */
export type Component = {
  readonly top: number
  readonly spans: readonly { left: number; right: number }[]
  readonly pixels: number
}

/** Areas of 8-connected pixels above `threshold`, in the order of their first pixel, row by row. */
export function findComponents({ width, height, data }: ProbabilityMap, threshold: number): Component[] {
  const open = new Uint8Array(width * height)
  for (let i = 0; i < open.length; i++) open[i] = (data[i] ?? 0) > threshold ? 1 : 0
  const components: Component[] = []
  const stack: number[] = []
  for (let seed = 0; seed < open.length; seed++) {
    if (open[seed] !== 1) continue
    open[seed] = 0
    stack.push(seed)
    components.push(fill(open, width, height, stack, Math.floor(seed / width)))
  }
  return components
}

/** Visits everything connected to what is on the stack; `top` is the first row of it. */
function fill(open: Uint8Array, width: number, height: number, stack: number[], top: number): Component {
  const spans: { left: number; right: number }[] = []
  let pixels = 0
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    const y = Math.floor(at / width)
    const x = at - y * width
    pixels++
    const span = spans[y - top]
    if (!span) spans[y - top] = { left: x, right: x }
    else if (x < span.left) span.left = x
    else if (x > span.right) span.right = x
    const [fromX, toX] = [Math.max(0, x - 1), Math.min(width - 1, x + 1)]
    for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++) {
      for (let next = row * width + fromX; next <= row * width + toX; next++) {
        if (open[next] !== 1) continue
        open[next] = 0
        stack.push(next)
      }
    }
  }
  return { top, spans, pixels }
}

/** Corners of the pixels at the ends of each row: points whose convex hull is that of the whole component. */
export function outline({ top, spans }: Component): Point[] {
  return spans.flatMap(({ left, right }, row) => [
    { x: left, y: top + row },
    { x: right + 1, y: top + row },
    { x: left, y: top + row + 1 },
    { x: right + 1, y: top + row + 1 },
  ])
}
