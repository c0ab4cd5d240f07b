import {
  bytesToHex,
  DTYPE_BYTES,
  DTYPES,
  digestTree,
  type Hex,
  hexToBytes,
  LEAF_BYTES,
  merkleTree,
  nodeTree,
  tensorDigestOf,
} from '@stoa/protocol'
import { chunkState, elementOf, type Formulas, foldsOf, type Reader, shapeOf } from '../../formula/index.ts'
import { graphDims } from '../../trace/index.ts'
import type { ChallengerMove, Shown } from '../challengerMove.ts'
import { type FoldClaim, type Game, PHASES } from '../game.ts'
import { decodeStates, partPath, partsOf } from '../parts.ts'
import { dataStep, traceStep } from '../rows.ts'
import type { SellerMove } from '../sellerMove.ts'

type Phase = (typeof PHASES)[number]
const at = (phase: Phase): number => PHASES.indexOf(phase)
const ZERO: Hex = `0x${'00'.repeat(32)}`
const PADDING = new Uint8Array(32)

/** A move that the contract would refuse. */
export class RefusedMove extends Error {}

/**
 * The game's rules a second time, without money and clocks: what the contract makes of moves (specs/dispute.md). Formulas are computed on what the seller
 * committed to, which is what evidence shows.
 */
export function referee(formulas: Formulas, readerOf: (entry: number) => Promise<Reader>) {
  let game: Game = { ...FRESH, phase: at('commit') }
  let header: { dims: readonly number[]; width: number; bytes: number } | undefined
  const shown = {
    rows: [] as Shown['rows'][number][],
    data: '0x' as Hex,
    folds: [] as FoldClaim[],
    states: '0x' as Hex,
  }
  const require = (ok: boolean, why: string) => {
    if (!ok) throw new RefusedMove(why)
  }
  const post = (nodes: readonly Hex[], down: number, padding: Uint8Array): Uint8Array => {
    require(nodes.length <= 2 ** down, 'too many nodes')
    return nodeTree(
      nodes.map((node) => hexToBytes(node, 32)),
      padding,
      down,
    ).root
  }
  const paddingAt = (leaf: Uint8Array, level: number): Uint8Array => nodeTree([leaf], leaf, level).root
  const emptyLeaf = () => merkleTree(new Uint8Array()).root

  function seller(move: SellerMove): void {
    switch (move.move) {
      case 'commit': {
        require(game.phase === at('commit'), 'phase')
        const depth = digestTree(Array.from({ length: move.entries }, () => PADDING)).depth
        const row = traceStep(depth, game.folds)
        const root = bytesToHex(post(move.nodes, row, paddingAt(PADDING, depth - row)))
        game = {
          ...game,
          entries: move.entries,
          below: depth,
          row,
          node: root,
          traceTree: root,
          phase: at('pickInTrace'),
        }
        shown.rows.push({ state: game, nodes: move.nodes })
        return
      }
      case 'expand': {
        const inTrace = game.phase === at('expandInTrace')
        require(inTrace || game.phase === at('expandInTensor'), 'phase')
        const row = inTrace ? traceStep(game.below, game.folds) : dataStep(game.below)
        const root = post(move.nodes, row, paddingAt(inTrace ? PADDING : emptyLeaf(), game.below - row))
        require(bytesToHex(root) === game.node, 'row')
        game = { ...game, row, phase: at(inTrace ? 'pickInTrace' : 'pickInTensor') }
        shown.rows.push({ state: game, nodes: move.nodes })
        return
      }
      case 'open':
        open(move)
        return
      case 'reveal':
        require(game.phase === at('reveal'), 'phase')
        require(bytesToHex(merkleTree(hexToBytes(move.data), game.below).root) === game.node, 'data')
        game = { ...game, phase: at('examine') }
        shown.data = move.data
        return
      case 'fold': {
        const again = game.phase === at('refold')
        require(again || game.phase === at('fold'), 'phase')
        const states = decodeStates(move.states)
        let from = 0
        shown.folds = shown.folds.map((claim) => {
          const { parts } = partsOf(claim, shown.folds.length)
          from += parts.length
          const last = states[from - 1]
          require(last !== undefined && (!again || last === claim.last), 'states')
          return { ...claim, last: last ?? 0n }
        })
        require(from === states.length, 'states')
        shown.states = move.states
        game = { ...game, phase: at(again ? 'pickSubpart' : 'pickPart') }
      }
    }
  }

  function open(move: Extract<SellerMove, { move: 'open' }>): void {
    require(game.phase === at('open'), 'phase')
    const bytes = hexToBytes(move.header)
    const nameLength = bytes[0] ?? 0
    const [type = 0, rank = 0] = bytes.subarray(1 + nameLength)
    const view = new DataView(bytes.buffer, bytes.byteOffset + 3 + nameLength)
    const dims = Array.from({ length: rank }, (_, i) => view.getUint32(4 * i))
    const dtype = DTYPES[type] ?? 'u8'
    const name = new TextDecoder().decode(bytes.subarray(1, 1 + nameLength))
    const size = dims.reduce((product, length) => product * length, DTYPE_BYTES[dtype])
    const below = Math.max(0, Math.ceil(Math.log2(Math.max(1, Math.ceil(size / LEAF_BYTES)))))
    const row = dataStep(below)
    const data = hexToBytes(move.data)
    const root = row === 0 ? merkleTree(data, below).root : post(move.nodes, row, paddingAt(emptyLeaf(), below - row))
    require(name === `t${game.entry}` && (row > 0 ? data.length === 0 : data.length === size), 'header')
    require(bytesToHex(tensorDigestOf({ name, dtype, dims }, root)) === game.node, 'opening')
    const packed = new DataView(new ArrayBuffer(32))
    dims.forEach((length, i) => {
      packed.setUint32(4 * i, length)
    })
    header = { dims, width: DTYPE_BYTES[dtype], bytes: size }
    const shape = { storedType: type, rank, dims: bytesToHex(new Uint8Array(packed.buffer)) }
    game = {
      ...game,
      ...shape,
      index: 0n,
      below,
      row,
      node: bytesToHex(root),
      phase: at(row === 0 ? 'examine' : 'pickInTensor'),
    }
    if (row === 0) shown.data = move.data
    else shown.rows.push({ state: game, nodes: move.nodes })
  }

  /** True where the move convicts. */
  async function challenger(move: ChallengerMove): Promise<boolean> {
    switch (move.move) {
      case 'descend': {
        const inTrace = game.phase === at('pickInTrace')
        require(inTrace || game.phase === at('pickInTensor'), 'phase')
        require(move.path.length === game.row && Number(move.index) >> game.row === Number(game.index), 'place')
        const climbed = climb(move.node, Number(move.index), move.path)
        require(climbed === game.node, 'path')
        const below = game.below - game.row
        const next: Phase = inTrace
          ? below === 0
            ? 'open'
            : 'expandInTrace'
          : dataStep(below) === 0
            ? 'reveal'
            : 'expandInTensor'
        const entry = inTrace && below === 0 ? Number(move.index) : game.entry
        game = { ...game, node: move.node, index: move.index, below, row: 0, entry, phase: at(next) }
        return false
      }
      case 'dispute': {
        require(game.phase === at('examine'), 'phase')
        const folds = foldsOf(formulaOf(), await readerOf(game.entry))
        shown.folds = folds.flatMap(({ chunks }, fold) =>
          chunks > 1 ? [{ fold, first: 0, chunks, before: 0n, last: 0n, parts: ZERO }] : [],
        )
        require(shown.folds.length > 0, 'no folds')
        shown.states = '0x'
        game = { ...game, element: move.element, phase: at('fold') }
        return false
      }
      case 'narrow': {
        const picked = pickedPart(move.part.claim, move.part.part)
        require(picked.chunks > 1, 'one chunk')
        shown.folds = [picked]
        shown.states = '0x'
        game = { ...game, phase: at('refold') }
        return false
      }
      case 'proveCount':
        require(game.entries !== formulas.entries.length, 'count')
        return true
      case 'proveHeader': {
        const { stored, dims } = shapeOf(formulaOf(), await readerOf(game.entry))
        require(DTYPES[game.storedType] !== stored || dims.join() !== graphDims(header?.dims ?? []).join(), 'header')
        return true
      }
      case 'proveElement': {
        const folded = game.phase === at('pickPart') ? shown.folds.map(({ last }) => last) : []
        require(game.phase === at('pickPart') ? move.element === game.element : game.phase === at('examine'), 'phase')
        const [reader, dims] = [await readerOf(game.entry), graphDims(header?.dims ?? [])]
        const truth = elementOf(formulaOf(), { element: Number(move.element), dims }, reader, folded)
        const width = header?.width ?? 1
        const leaf = Math.floor((Number(move.element) * width) / LEAF_BYTES)
        const first = Number(game.index) * 2 ** game.below
        require(climb(merkleLeaf(move.leaf.data), leaf - first, move.leaf.path) === game.node, 'leaf')
        require(claimedAt(move.leaf.data, Number(move.element), width) !== BigInt.asUintN(8 * width, truth), 'element')
        return true
      }
      case 'proveChunk': {
        const picked = pickedPart(move.part.claim, move.part.part)
        require(picked.chunks === 1, 'many chunks')
        const [reader, dims] = [await readerOf(game.entry), graphDims(header?.dims ?? [])]
        const before = picked.first === 0 ? undefined : picked.before
        const place = { element: Number(game.element), dims, fold: picked.fold, index: picked.first, before }
        require(chunkState(formulaOf(), place, reader) !== picked.last, 'chunk')
        return true
      }
      default:
        throw new RefusedMove(move.move)
    }
  }

  const formulaOf = () => {
    const formula = formulas.entries[game.entry]
    if (!formula) throw new RefusedMove('no such formula')
    return formula
  }
  function pickedPart(claimIndex: bigint, partIndex: bigint): FoldClaim {
    let from = 0
    const states = decodeStates(shown.states)
    for (const [i, claim] of shown.folds.entries()) {
      const { parts, levels } = partsOf(claim, shown.folds.length)
      const own = states.slice(from, from + parts.length)
      from += parts.length
      const part = parts[Number(partIndex)]
      if (BigInt(i) !== claimIndex || !part) continue
      require(partPath(claim.before, own, levels, Number(partIndex)).length === levels, 'path')
      const before = Number(partIndex) === 0 ? claim.before : (own[Number(partIndex) - 1] ?? 0n)
      return { ...claim, ...part, before, last: own[Number(partIndex)] ?? 0n, parts: ZERO }
    }
    throw new RefusedMove('no such part')
  }
  return { seller, challenger, game: () => game, shown: (): Shown => ({ ...shown, rows: [...shown.rows] }) }
}

const merkleLeaf = (data: Hex): Hex => bytesToHex(merkleTree(hexToBytes(data, LEAF_BYTES)).root)

function claimedAt(leaf: Hex, element: number, width: number): bigint {
  const from = (element * width) % LEAF_BYTES
  let bits = 0n
  for (const byte of hexToBytes(leaf)
    .subarray(from, from + width)
    .reverse())
    bits = (bits << 8n) | BigInt(byte)
  return bits
}

function climb(node: Hex, index: number, path: readonly Hex[]): Hex {
  let [hash, place] = [hexToBytes(node, 32), index]
  for (const sibling of path) {
    const other = hexToBytes(sibling, 32)
    hash = nodeTree(place % 2 === 0 ? [hash, other] : [other, hash], PADDING, 1).root
    place = Math.floor(place / 2)
  }
  return bytesToHex(hash)
}

const NOBODY = `0x${'00'.repeat(20)}` as const
const FRESH: Game = {
  ...{ subject: ZERO, provider: NOBODY, payee: NOBODY, challenger: NOBODY, refund: 0n, bond: 0n },
  ...{ phase: 0, since: 0, sellerLeft: 0, challengerLeft: 0, entries: 0, traceTree: ZERO, node: ZERO, index: 0n },
  ...{ below: 0, row: 0, entry: 0, storedType: 0, rank: 0, dims: ZERO, element: 0n, folds: ZERO },
}

/** Plays a game to its end: whether the seller is convicted, and in how many transactions. */
export async function play(parameters: {
  formulas: Formulas
  respond: (game: Game, folds: readonly FoldClaim[]) => Promise<SellerMove | undefined>
  challenge: (game: Game, shown: Shown) => Promise<ChallengerMove | undefined>
  /** Reads what the seller committed to. */
  readerOf: (entry: number) => Promise<Reader>
}): Promise<{ convicted: boolean; transactions: number; moves: string[] }> {
  const { formulas, respond, challenge, readerOf } = parameters
  const judge = referee(formulas, readerOf)
  const moves = ['challenge']
  for (;;) {
    const answer = await respond(judge.game(), judge.shown().folds)
    if (answer) {
      judge.seller(answer)
      moves.push(answer.move)
      continue
    }
    const move = await challenge(judge.game(), judge.shown())
    if (!move) throw new TypeError(`nobody moves in phase ${PHASES[judge.game().phase]}`)
    if (move.move === 'concede' || move.move === 'proveResponse')
      return { convicted: move.move === 'proveResponse', transactions: moves.length, moves }
    moves.push(move.move)
    if (await judge.challenger(move)) return { convicted: true, transactions: moves.length, moves }
  }
}
