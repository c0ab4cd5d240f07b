import { DTYPE_BYTES, type Tensor } from '@stoa/protocol'
import { tamperedRun } from '../../../dispute/testing/tamperedRun.ts'
import { type PageEntryKind, pageEntryIndex, piecesOf } from '../../trace/pageLayout.ts'
import { bitTurned, type GraphFile, type PageReader, toldOf } from './pageReader.ts'
import type { JudgedPageModel } from './pageSeller.ts'

/** Kinds of entries that a step between the graphs makes, of the whole page or of a piece, as they stand in a trace. */
export const STEP_KINDS: readonly PageEntryKind[] = [
  ...(['keys', 'across', 'frame', 'scan', 'pieces', 'windows', 'stripAcross', 'strip', 'spelling'] as const),
  ...(['reading', 'rows', 'places', 'text', 'lines', 'boxes'] as const),
]

/** Who turns the last bit of an element of a step's result, and answers another last letter: the lies left of that stand first. */
export function lyingStep(truth: PageReader, kind: PageEntryKind, piece: number, element: number): PageReader {
  const { trace } = truth
  const entry = pageEntryIndex(kind, piecesOf(trace.entries) ?? 0, piece)
  return toldOf(
    truth,
    new Map([...otherLetter(trace.entries), [entry, (tensor: Tensor) => bitTurned(tensor, element)]]),
  )
}

export type NetworkLie = {
  readonly file: GraphFile
  /** Of the run: 0 is the detector's, i + 1 the recogniser's of piece i. */
  readonly place: number
  /** What of the run is another: the last bit of a byte of an entry. */
  readonly entry: number
  readonly byte: number
}

/**
 * Who turns one bit inside a network and says that another bit of what comes out is turned by it, and answers another last letter. Nothing else is computed from the
 * lie, for networks too large to compute twice.
 */
export function lyingNetwork(
  truth: PageReader,
  { formulas }: JudgedPageModel,
  { file, place, entry, byte }: NetworkLie,
): PageReader {
  const { entries } = truth.trace
  const told = pageEntryIndex(file === 'det.onnx' ? 'odds' : 'best', piecesOf(entries) ?? 0, place - 1)
  const [output = 0] = formulas[file].outputs
  const runOf: PageReader['runOf'] = async (of, image, at) => {
    const run = await truth.runOf(of, image, at)
    if (of !== file || at !== place) return run
    const lied = await tamperedRun(run, output, 0)
    return entry === output ? lied : tamperedRun(lied, entry, byte)
  }
  const changes = new Map([...otherLetter(entries), [told, (tensor: Tensor) => bitTurned(tensor, 0)]])
  return toldOf({ trace: truth.trace, runOf }, changes)
}

/** The response's text with another last letter. */
const otherLetter = (entries: number): [number, (tensor: Tensor) => Tensor][] => [
  [entries - 3, (text) => bitTurned(text, text.data.length / DTYPE_BYTES[text.dtype] - 1)],
]
