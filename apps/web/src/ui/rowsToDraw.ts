import { defaultRangeExtractor, type Range } from '@tanstack/react-virtual'

/** Rows of a range, in their order, and the one that has the focus with its neighbours: Tab finds them, wherever the page was scrolled to. */
export function rowsToDraw(range: Range, focused: number | undefined): number[] {
  const near = defaultRangeExtractor(range)
  if (focused === undefined) return near
  const kept = [focused - 1, focused, focused + 1].filter((index) => index >= 0 && index < range.count)
  return [...new Set([...near, ...kept])].sort((a, b) => a - b)
}
