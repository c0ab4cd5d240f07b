import type { Walk } from '@stoa/sdk'

export type WalkPicture = {
  readonly walk: Walk
  readonly title: string
  /** The numbers that the game ended about. */
  readonly truth: bigint
  readonly told: bigint
  readonly verdict: readonly string[]
}

/** Pixels. */
const PAGE = 960
const MARGIN = 40
const BAR = PAGE - 2 * MARGIN
const ROW = 26
const GAP = 64
const TOP = 96
const INK = '#24211d'
const FADED = '#8b8578'
const PAPER = '#faf6ec'
const CELL = '#d9d2c1'
const RED = '#b3261e'

/** The walk from a whole computation to one number, as a picture: each row narrows to what was picked of the one above. */
export function walkSvg({ walk, title, truth, told, verdict }: WalkPicture): string {
  const { levels, steps } = walk
  const parts: string[] = [text(MARGIN, 44, title, { size: 22, weight: 600 })]
  const total = steps.reduce((sum, { gas }) => sum + gas, 0n)
  parts.push(text(MARGIN, 68, `${steps.length} transactions, ${total.toLocaleString('en-US')} gas`, { fill: FADED }))
  let y = TOP
  for (const { of, cells, picked, holds } of levels) {
    const width = BAR / Math.max(cells, 1)
    parts.push(text(MARGIN, y - 6, of))
    for (let cell = 0; cell < cells; cell++) {
      const fill = cell === picked ? RED : CELL
      const gap = width > 4 ? 1 : 0
      parts.push(
        `<rect x="${at(MARGIN + cell * width)}" y="${y}" width="${at(width - gap)}" height="${ROW}" fill="${fill}"/>`,
      )
    }
    if (picked !== undefined) {
      const [left, right] = [MARGIN + picked * width, MARGIN + (picked + 1) * width]
      const below = y + ROW + GAP - 18
      const points = [
        [left, y + ROW],
        [right, y + ROW],
        [PAGE - MARGIN, below],
        [MARGIN, below],
      ]
      const outline = points.map(([px = 0, py = 0]) => `${at(px)},${at(py)}`).join(' ')
      parts.push(`<polygon points="${outline}" fill="${RED}" opacity="0.08"/>`)
      parts.push(text(MARGIN + 8, y + ROW + 24, `differs: ${holds ?? ''}`, { fill: RED }))
    }
    y += ROW + GAP
  }
  const bits = (x: bigint) => BigInt.asUintN(16, x).toString(2).padStart(16, '0')
  const flipped = [...bits(told)].map((bit, i) =>
    bit === bits(truth)[i] ? bit : `<tspan fill="${RED}">${bit}</tspan>`,
  )
  parts.push(text(MARGIN, y + 8, `the contract computes  ${bits(truth)}  = ${truth}`, { mono: true }))
  parts.push(raw(MARGIN, y + 32, `the seller committed   ${flipped.join('')}  = ${told}`, { mono: true }))
  y += 72
  for (const line of verdict.flatMap((words) => words.split(/(?<=\.) (?=[A-Z])/))) {
    parts.push(text(MARGIN, y, line))
    y += 22
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${PAGE} ${y + 20}" font-family="system-ui, sans-serif">`,
    `<rect width="100%" height="100%" fill="${PAPER}"/>`,
    ...parts,
    '</svg>\n',
  ].join('\n')
}

type Look = { size?: number; weight?: number; fill?: string; mono?: boolean }

const text = (x: number, y: number, words: string, look: Look = {}): string => raw(x, y, escaped(words), look)

function raw(x: number, y: number, inner: string, { size = 14, weight = 400, fill = INK, mono = false }: Look): string {
  const face = mono ? ' font-family="ui-monospace, monospace" xml:space="preserve"' : ''
  return `<text x="${x}" y="${y}" font-size="${size}" font-weight="${weight}" fill="${fill}"${face}>${inner}</text>`
}

const escaped = (words: string): string =>
  words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

const at = (x: number): string => x.toFixed(1)
