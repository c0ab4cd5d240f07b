import { DTYPE_BYTES, DTYPES, type Hex, hexToBytes, LEAF_BYTES, PHASES } from '@stoa/protocol'
import type { GameState } from './gameState.ts'
import type { PlayedMove } from './readMoves.ts'

/** One row of what the seller showed, and which of it the challenger picked. */
export type Level = {
  /** What the row is of. */
  readonly of: string
  /** Nodes, or parts, in it. */
  readonly cells: number
  /** The one that was picked; undefined while none is. */
  picked?: number
  /** What is beneath it. */
  holds?: string
}

/** One transaction of a game, in words. */
export type WalkStep = {
  readonly by: 'seller' | 'challenger'
  readonly move: string
  readonly gas: bigint
  readonly words: string
  /** The row that it picked from. */
  readonly level?: Level
}

export type Walk = { readonly steps: WalkStep[]; readonly levels: Level[] }

const PARTS = 'partial sums of that element'
const SELLERS: readonly string[] = ['commit', 'expand', 'open', 'reveal', 'fold']

/**
 * What a game came to, move by move, from its transactions alone (specs/dispute.md, "Moves").
 *
 * @param tensors Names of the trace's entries, where they are known: they are the model's, not the chain's.
 */
export function walkOf(moves: readonly PlayedMove[], tensors?: readonly string[]): Walk {
  const levels: Level[] = []
  const told: Shown = { width: 1, firstLeaf: 0, entries: Number.POSITIVE_INFINITY }
  const steps = moves.map(({ call, gasUsed }): WalkStep => {
    const { name: move, args } = call ?? { name: 'unknown', args: [] }
    const words = tell(move, args, levels, tensors, told)
    return { by: SELLERS.includes(move) ? 'seller' : 'challenger', move, gas: gasUsed, ...words }
  })
  return { steps, levels }
}

/** What was said of the data shown: bytes of an element, which leaf of the tensor comes first, and how many tensors there are. */
type Shown = { width: number; firstLeaf: number; entries: number }

// Longer than a function should be: a line or two for each move.
function tell(
  move: string,
  args: readonly unknown[],
  levels: Level[],
  tensors: readonly string[] | undefined,
  shown: Shown,
) {
  const [, state, ...rest] = args as [unknown, GameState, ...unknown[]]
  const show = (of: string, cells: number) => {
    const level: Level = { of, cells }
    levels.push(level)
    return level
  }
  switch (move) {
    case 'challenge':
      return { words: 'posts a bond: the seller must commit to its whole computation' }
    case 'commit': {
      const [entries, nodes] = rest as [number, readonly Hex[]]
      shown.entries = entries
      const level = show(`${entries} tensors of the computation`, nodes.length)
      return { words: `commits to ${level.of} by one root; shows ${level.cells} nodes beneath it` }
    }
    case 'expand': {
      const [nodes] = rest as [readonly Hex[]]
      show(levels.at(-1)?.holds ?? '', nodes.length)
      return { words: `shows ${nodes.length} nodes beneath that` }
    }
    case 'descend': {
      const [index] = rest as [bigint]
      const level = levels.at(-1)
      const below = state.below - state.row
      const isTrace = PHASES[state.phase] === 'pickInTrace'
      const holds = beneath(Number(index), below, isTrace && { names: tensors ?? [], count: shown.entries })
      if (level) Object.assign(level, { picked: Number(index) - Number(state.index) * 2 ** state.row, holds })
      return { words: `picks ${holds}`, ...(level && { level }) }
    }
    case 'open': {
      const [header, nodes, data] = rest as [Hex, readonly Hex[], Hex]
      const { dtype, dims, bytes } = headerOf(header)
      shown.width = DTYPE_BYTES[dtype]
      const shape = `${dtype} [${dims.join(', ')}]`
      const leaves = Math.ceil(bytes / LEAF_BYTES)
      show(`${leaves} leaves of that tensor, ${shape}`, nodes.length || leaves)
      const what =
        nodes.length === 0 ? `all ${hexToBytes(data).length} bytes` : `${bytes} bytes; shows ${nodes.length} nodes`
      return { words: `opens it: ${shape}, ${what}` }
    }
    case 'reveal': {
      const { length } = hexToBytes(...(rest as [Hex]))
      shown.firstLeaf = Number(state.index) * 2 ** state.below
      show(levels.at(-1)?.holds ?? '', Math.ceil(length / LEAF_BYTES))
      return { words: `shows those ${length} bytes` }
    }
    case 'dispute': {
      const [, element] = rest as [unknown, bigint]
      const level = pickElement(levels, shown, element)
      return { words: `names element ${element}, a sum too long for one proof`, ...(level && { level }) }
    }
    case 'fold': {
      const [, states] = rest as [unknown, Hex]
      const count = hexToBytes(states).length / 16
      show(PARTS, count)
      return { words: `says ${count} partial sums` }
    }
    case 'narrow':
    case 'proveChunk': {
      const [part] = rest.slice(-1) as [{ part: bigint }]
      const level = levels.at(-1)
      const holds = move === 'narrow' ? `part ${part.part}` : `one chunk of products, number ${part.part}`
      if (level) Object.assign(level, { picked: Number(part.part), holds })
      const words = move === 'narrow' ? `picks ${holds}` : `proves that ${holds}, adds up to something else`
      return { words, ...(level && { level }) }
    }
    case 'proveElement': {
      const [, element] = rest as [unknown, bigint]
      const level = pickElement(levels, shown, element)
      const words = `opens what element ${element} is computed from; the contract computes it`
      return { words, ...(level && { level }) }
    }
    default:
      return { words: PROOFS[move] ?? 'moves' }
  }
}

/** Picks the leaf of an element, unless it was picked before. */
function pickElement(levels: readonly Level[], { width, firstLeaf }: Shown, element: bigint): Level | undefined {
  const level = levels.at(-1)
  if (!level || level.of === PARTS) return undefined
  return Object.assign(level, {
    picked: Math.floor((Number(element) * width) / LEAF_BYTES) - firstLeaf,
    holds: `element ${element}`,
  })
}

const PROOFS: Readonly<Record<string, string>> = {
  proveCount: 'proves that the computation has another number of tensors',
  proveHeader: 'proves that the tensor has another shape',
  proveResponse: 'proves that the answer is not what the computation ends with',
  proveSilence: 'proves that the seller’s time is up',
  proveStep: 'opens what a step is computed from; the contract computes it',
  proveWeights: 'shows that the seller signed for other weights than the ledger has',
  proveMalformed: 'shows that the answer is none that the request allows',
  challengeStage: 'posts a bond over one stage of the answer: the seller must commit to its whole computation',
  enter: 'names a run of a network among the steps: the seller must commit to that',
}

/** What lies beneath a node: entries of the trace, or leaves of a tensor. */
function beneath(index: number, below: number, tensors: { names: readonly string[]; count: number } | false): string {
  const [from, to] = [index * 2 ** below, (index + 1) * 2 ** below - 1]
  if (!tensors) return from === to ? `leaf ${from}` : `leaves ${from} to ${to}`
  const { names, count } = tensors
  if (from === to) return names[from] === undefined ? `tensor ${from}` : `tensor ${from}, "${names[from]}"`
  return `tensors ${from} to ${Math.min(to, count - 1)}`
}

/** A tensor's header (specs/digests.md): name, type, lengths. */
function headerOf(header: Hex) {
  const bytes = hexToBytes(header)
  const at = 1 + (bytes[0] ?? 0)
  const dtype = DTYPES[bytes[at] ?? 0] ?? 'u8'
  const view = new DataView(bytes.buffer, bytes.byteOffset + at + 2)
  const dims = Array.from({ length: bytes[at + 1] ?? 0 }, (_, i) => view.getUint32(4 * i))
  return { dtype, dims, bytes: dims.reduce((product, length) => product * length, DTYPE_BYTES[dtype]) }
}
