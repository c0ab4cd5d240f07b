/** Colours that tell series apart, in the order in which they are given out; the last is for all that have none. */
export const CHART_COLORS = [
  'var(--chart-1)',
  'var(--chart-2)',
  'var(--chart-3)',
  'var(--chart-4)',
  'var(--chart-5)',
] as const
export const OTHERS_COLOR = 'var(--chart-6)'

export function chartColor(index: number): string {
  return CHART_COLORS[index] ?? OTHERS_COLOR
}
