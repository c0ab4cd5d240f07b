import type { LayerError } from './compareLayers.ts'

const ROW = 14
const LEFT = 260
const WIDTH = 520
/** Decibels that fill the width; more are drawn as that. */
const FULL = 80
const TICKS = [0, 20, 40, 60, 80]

/** The error of each layer as a picture (SVG): the longer a bar, the nearer the exact tensor is to the float one. */
export function drawReport(layers: readonly LayerError[]): string {
  const height = layers.length * ROW + 60
  const bars = layers.map(({ name, sqnr, cosine }, i) => {
    const y = 40 + i * ROW
    const length = (WIDTH * Math.min(FULL, Math.max(0, Number.isFinite(sqnr) ? sqnr : FULL))) / FULL
    return [
      `<text x="${LEFT - 8}" y="${y + 10}" text-anchor="end">${escaped(shortened(name))}</text>`,
      `<rect x="${LEFT}" y="${y + 1}" width="${length.toFixed(1)}" height="${ROW - 3}" fill="${colour(sqnr)}">`,
      `<title>${escaped(name)}: ${sqnr.toFixed(1)} dB, cosine ${cosine.toFixed(5)}</title></rect>`,
    ].join('')
  })
  const ticks = TICKS.map((tick) => {
    const x = LEFT + (WIDTH * tick) / FULL
    return `<line x1="${x}" y1="36" x2="${x}" y2="${height - 16}" stroke="#ccc"/><text x="${x}" y="30" text-anchor="middle">${tick} dB</text>`
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${LEFT + WIDTH + 30}" height="${height}" font-family="sans-serif" font-size="10">`,
    '<rect width="100%" height="100%" fill="#fff"/>',
    `<text x="${LEFT}" y="14" font-size="12">Signal to quantisation noise of each tensor</text>`,
    ...ticks,
    ...bars,
    '</svg>',
    '',
  ].join('\n')
}

const colour = (sqnr: number): string => (sqnr >= 30 ? '#2b8a3e' : sqnr >= 20 ? '#e8a317' : '#c92a2a')

const shortened = (name: string): string => (name.length > 42 ? `…${name.slice(-41)}` : name)

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
