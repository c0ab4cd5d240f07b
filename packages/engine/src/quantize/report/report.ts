import type { Answers } from './compareAnswers.ts'
import type { LayerError } from './compareLayers.ts'

/** What converting a model cost: error layer by layer, answers, size and speed. */
export type QuantizeReport = {
  readonly layers: readonly LayerError[]
  readonly answers: Answers
  readonly bytes: { readonly float: number; readonly exact: number }
  readonly nodes: { readonly float: number; readonly exact: number }
}

/** The report as a table for people. */
export function renderReport({ layers, answers, bytes, nodes }: QuantizeReport): string {
  const width = Math.max(6, ...layers.map(({ name }) => name.length))
  const rows = layers.map(({ name, op, sqnr, cosine, lo, hi }) =>
    [name.padEnd(width), op.padEnd(9), decibels(sqnr), cosine.toFixed(5), `${lo}…${hi}`].join('  '),
  )
  const { accuracy, agreement, milliseconds } = answers
  return [
    ['tensor'.padEnd(width), 'made by  ', 'SQNR, dB', 'cosine ', 'integers'].join('  '),
    ...rows,
    '',
    ...(accuracy ? [`accuracy   ${percent(accuracy.float)} float, ${percent(accuracy.exact)} exact`] : []),
    `agreement  ${percent(agreement)} of answers are largest at the same place`,
    `speed      ${milliseconds.float.toFixed(2)} ms float, ${milliseconds.exact.toFixed(2)} ms exact`,
    `size       ${megabytes(bytes.float)} float, ${megabytes(bytes.exact)} exact; ${nodes.float} and ${nodes.exact} operations`,
  ].join('\n')
}

const decibels = (sqnr: number): string => (Number.isFinite(sqnr) ? sqnr.toFixed(1) : '∞').padStart(8)
const percent = (share: number): string => `${(100 * share).toFixed(2)} %`
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(2)} MB`
