import type { Sample } from './series.ts'

const [WIDTH, HEIGHT, LEFT, TOP] = [720, 150, 70, 24]
const COLOURS = ['#1f6f8b', '#b5542b']
const MEASURES = [
  { name: 'memory (RSS), MB', of: (sample: Sample) => sample.rss / 2 ** 20 },
  { name: 'heap after collection, MB', of: (sample: Sample) => sample.heap / 2 ** 20 },
  { name: 'open files and sockets', of: (sample: Sample) => sample.descriptors },
]

/** The samples of each process over time as an SVG, a panel a measure, each from zero. */
export function plotSoak(series: Readonly<Record<string, readonly Sample[]>>): string {
  const names = Object.keys(series)
  const seconds = Math.max(...Object.values(series).flatMap((samples) => samples.map((sample) => sample.seconds)), 1)
  const panels = MEASURES.map(({ name, of }, row) => {
    const most = Math.max(...Object.values(series).flatMap((samples) => samples.map(of)), 1)
    const y0 = TOP + row * (HEIGHT + 36)
    const at = (sample: Sample) =>
      `${(LEFT + (sample.seconds / seconds) * WIDTH).toFixed(1)},${(y0 + HEIGHT * (1 - of(sample) / most)).toFixed(1)}`
    const lines = names.map(
      (each, i) =>
        `<polyline fill="none" stroke="${COLOURS[i % COLOURS.length]}" stroke-width="1.5" points="${(series[each] ?? []).map(at).join(' ')}"/>`,
    )
    return [
      `<text x="${LEFT}" y="${y0 - 6}">${name}</text>`,
      `<text x="${LEFT - 8}" y="${y0 + 10}" text-anchor="end">${most.toFixed(0)}</text>`,
      `<text x="${LEFT - 8}" y="${y0 + HEIGHT}" text-anchor="end">0</text>`,
      `<path d="M${LEFT} ${y0}v${HEIGHT}h${WIDTH}" fill="none" stroke="#999"/>`,
      ...lines,
    ].join('\n')
  })
  const legend = names.map(
    (name, i) =>
      `<text x="${LEFT + 220 + 110 * i}" y="${TOP - 6}" fill="${COLOURS[i % COLOURS.length]}">${name}</text>`,
  )
  const height = TOP + MEASURES.length * (HEIGHT + 36)
  const end = `<text x="${LEFT + WIDTH}" y="${height - 16}" text-anchor="end">${(seconds / 60).toFixed(0)} minutes</text>`
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${LEFT + WIDTH + 20} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    ...panels,
    ...legend,
    end,
    '</svg>\n',
  ].join('\n')
}
