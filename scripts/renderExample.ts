/**
 * Draws `apps/cli/assets/receipt.png`, the image that `npm run demo` has read, and writes what stands on it to `apps/cli/assets/receipt.txt`, one
 * row a line. Always draws the same.
 *
 *     node scripts/renderExample.ts
 */
import { writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { createCanvas, GlobalFonts, type SKRSContext2D } from '@napi-rs/canvas'

type Row = { left?: string; middle?: string; right?: string; size: number; bold?: boolean; gap?: number }

/** Pixels. The paper lies straight: the exact OCR model reads level lines. */
const PAGE = { width: 900, height: 600 }
const PAPER = { left: 150, top: 24, width: 600, height: 552, padding: 40 }
const DUST = 1500

const ROWS: readonly Row[] = [
  { middle: 'THE PAINTED PORCH', size: 38, bold: true },
  { middle: 'Coffee house in the Stoa, Athens', size: 22 },
  { left: 'Table 7', right: '21 November 2026', size: 22, gap: 26 },
  { left: '2 Greek coffee', right: '5.60', size: 24, gap: 26 },
  { left: '1 Mountain tea', right: '2.80', size: 24 },
  { left: '3 Honey cake', right: '10.50', size: 24 },
  { left: '1 Olive bread', right: '3.20', size: 24 },
  { left: 'Total EUR', right: '22.10', size: 30, bold: true, gap: 24 },
  { left: 'Tax of 13% included', right: '2.54', size: 22 },
  { middle: 'Paid by voucher. Thank you, come again!', size: 22, gap: 26 },
]

function fontOf({ size, bold = false }: Row): string {
  return `${size}px "Receipt${bold ? ' Bold' : ''}"`
}

/** Sets the rows from the top of the paper on, with a rule wherever a gap parts two groups. */
function setRows(context: SKRSContext2D): void {
  const [left, right] = [PAPER.left + PAPER.padding, PAPER.left + PAPER.width - PAPER.padding]
  const place = { left, middle: (left + right) / 2, right }
  let y = PAPER.top + PAPER.padding
  for (const row of ROWS) {
    y += row.gap ?? 0
    if (row.gap) context.fillRect(left, y - row.gap / 2, right - left, 2)
    y += row.size * 1.35
    context.font = fontOf(row)
    for (const [where, x] of Object.entries(place) as ['left' | 'middle' | 'right', number][]) {
      context.textAlign = where === 'middle' ? 'center' : where
      context.fillText(row[where] ?? '', x, y)
    }
  }
}

/** Specks in the paper, from a linear congruential generator (Knuth's MMIX constants would need 64 bits; these are Borland's). */
function strew(context: SKRSContext2D): void {
  let state = 7
  const next = () => {
    state = (Math.imul(state, 22695477) + 1) >>> 0
    return state / 2 ** 32
  }
  for (let i = 0; i < DUST; i++) {
    const grey = 120 + Math.floor(next() * 100)
    context.fillStyle = `rgba(${grey},${grey},${grey - 20},0.4)`
    context.fillRect(Math.floor(next() * PAGE.width), Math.floor(next() * PAGE.height), 1, 1)
  }
}

function draw(): Uint8Array {
  const canvas = createCanvas(PAGE.width, PAGE.height)
  const context = canvas.getContext('2d')
  context.fillStyle = '#6b4f3a'
  context.fillRect(0, 0, PAGE.width, PAGE.height)
  context.fillStyle = '#f6f1e4'
  context.fillRect(PAPER.left, PAPER.top, PAPER.width, PAPER.height)
  context.fillStyle = '#2a2622'
  setRows(context)
  strew(context)
  return canvas.toBuffer('image/png')
}

const require = createRequire(import.meta.url)
for (const [family, face] of [
  ['Receipt', 'DejaVuSans.ttf'],
  ['Receipt Bold', 'DejaVuSans-Bold.ttf'],
] as const) {
  GlobalFonts.registerFromPath(require.resolve(`dejavu-fonts-ttf/ttf/${face}`), family)
}
const assets = new URL('../apps/cli/assets/', import.meta.url)
const truth = ROWS.map(({ left, middle, right }) =>
  [left, middle, right].filter((part) => part !== undefined).join(' '),
)
await writeFile(new URL('receipt.png', assets), draw())
await writeFile(new URL('receipt.txt', assets), `${truth.join('\n')}\n`)
