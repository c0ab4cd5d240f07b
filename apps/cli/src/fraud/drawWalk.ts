import type { Level, WalkStep } from '@stoa/sdk'
import colors from 'picocolors'

/** Columns that a row of nodes takes at most; a longer one is drawn to scale. */
const COLUMNS = 64

/** A row as dots, what was picked of it as a block. */
export function drawLevel({ cells, picked }: Level): string {
  const columns = Math.min(cells, COLUMNS)
  const at = picked === undefined ? -1 : Math.floor((picked * columns) / cells)
  return Array.from({ length: columns }, (_, i) => (i === at ? colors.red('█') : colors.dim('·'))).join('')
}

/** A step as it is told in a terminal: who did what, for how much gas, and the row that it is about. */
export function drawStep(step: WalkStep, number: number): string {
  const { by, move, gas, words, level } = step
  const who = by === 'seller' ? colors.yellow('seller') : colors.cyan('buyer ')
  const head = `${String(number).padStart(3)}  ${who}  ${move.padEnd(13)} ${words}`
  const cost = colors.dim(`${gas.toLocaleString('en-US')} gas`)
  const row = level ? `\n                            ${drawLevel(level)}` : ''
  return `${head}  ${cost}${row}`
}

/** Two numbers of 16 bits, one above the other, with the bits that differ marked. */
export function drawBits(truth: bigint, told: bigint): string {
  const bits = (x: bigint) => BigInt.asUintN(16, x).toString(2).padStart(16, '0')
  const [a, b] = [bits(truth), bits(told)]
  const marked = [...b].map((bit, i) => (bit === a[i] ? bit : colors.red(bit))).join('')
  const width = Math.max(`${truth}`.length, `${told}`.length)
  return [
    `       the contract computes  ${`${truth}`.padStart(width)}   ${a}`,
    `       the seller committed   ${`${told}`.padStart(width)}   ${marked}`,
  ].join('\n')
}
