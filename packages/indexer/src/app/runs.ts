import type { Hex } from '@stoa/protocol'
import { escrowAbi } from '@stoa/protocol/abi'
import { encodeEventTopics } from 'viem'

// A seller settles hundreds of claims in one transaction, which leaves as many logs one after the other. The engine's work is by log: it tests each against
// every filter and the block's bloom, stores it, reads it back, decodes it and calls a handler. So what it gets of such a run is its first log, behind
// whose data come the words of the others, and a byte at the end where they are of a live block. ABI decoders take no notice of what follows the last argument; `runOf` takes the
// run apart.

/** One `Settled` log. */
export type Settlement = {
  logIndex: number
  offerId: Hex
  payer: Hex
  lane: bigint
  paid: bigint
  settled: bigint
  calls: number
}

/** Settlements one after the other in one transaction. */
export type Run = {
  sales: Settlement[]
  /** Whether it came as part of a live block, and not of the chain's past. */
  live: boolean
}

/** A log as JSON-RPC has it. */
export type RpcLog = {
  address: Hex
  topics: readonly Hex[]
  data: Hex
  blockHash: Hex
  transactionHash: Hex
  logIndex: Hex
}

/** Settlements of a run from which on one statement of the database costs less than the rows that the engine's store would read and write. */
export const LONG_RUN = 8

const [SETTLED] = encodeEventTopics({ abi: escrowAbi, eventName: 'Settled' })
/** Hexadecimal digits of a 32-byte word. */
const WORD = 64
/** Words of a settlement: offer, payer (topics), lane, paid, settled, calls (data). */
const WORDS = 6
const DATA_WORDS = 4
const LIVE = '01'

/** Logs of an answer with each run of an escrow's settlements put into the first of them; all others, and their order, stay. */
export function joinRuns<log extends RpcLog>(logs: readonly log[], escrow: Hex, live: boolean): log[] {
  const joined: log[] = []
  let run: { first: log; tails: string[] } | undefined
  const end = () => {
    if (run) joined.push({ ...run.first, data: `${run.first.data}${run.tails.join('')}${live ? LIVE : ''}` })
    run = undefined
  }
  for (const log of logs) {
    if (!isSettlement(log, escrow)) {
      end()
      joined.push(log)
    } else if (run && follows(log, run.first, run.tails.length + 1)) {
      run.tails.push(wordsOf(log))
    } else {
      end()
      run = { first: log, tails: [] }
    }
  }
  end()
  return joined
}

/** The run in a log of `joinRuns`; in any other `Settled` log there is one settlement, of the past. */
export function runOf(log: { topics: readonly Hex[]; data: Hex; logIndex: number }): Run {
  const words = wordsOf(log)
  const count = Math.floor(words.length / (WORDS * WORD))
  const sales = Array.from({ length: count }, (_, n) => {
    const word = (place: number) => words.slice((n * WORDS + place) * WORD, (n * WORDS + place + 1) * WORD)
    const number = (place: number) => BigInt(`0x${word(place)}`)
    return {
      logIndex: log.logIndex + n,
      offerId: `0x${word(0)}` as const,
      payer: `0x${word(1).slice(-40)}` as const,
      ...{ lane: number(2), paid: number(3), settled: number(4), calls: Number(number(5)) },
    }
  })
  return { sales, live: words.length > count * WORDS * WORD }
}

function isSettlement({ address, topics, data }: RpcLog, escrow: Hex): boolean {
  return (
    topics[0] === SETTLED &&
    topics.length === 1 + WORDS - DATA_WORDS &&
    data.length === 2 + DATA_WORDS * WORD &&
    address.toLowerCase() === escrow.toLowerCase()
  )
}

/** Whether nothing of the chain lies between the first log of a run, the `distance - 1` after it, and this one. */
function follows(log: RpcLog, first: RpcLog, distance: number): boolean {
  return (
    log.transactionHash === first.transactionHash &&
    log.blockHash === first.blockHash &&
    Number(log.logIndex) === Number(first.logIndex) + distance
  )
}

function wordsOf({ topics: [, offerId = '0x', payer = '0x'], data }: { topics: readonly Hex[]; data: Hex }): string {
  return `${offerId.slice(2)}${payer.slice(2)}${data.slice(2)}`.toLowerCase()
}
