import { type ReadClient, translateError } from '@stoa/sdk'
import type { ContractFunctionParameters, Hex } from 'viem'
import { getBlock, multicall } from 'viem/actions'

/** A question to a contract. Its answer has at most five words of 32 bytes. */
export type ContractRead = ContractFunctionParameters

/**
 * Asks contracts, all at one block: the latest, or the one of that number. Answers in the order of the questions. Rejects with what the SDK throws, when one of them has no
 * answer.
 */
export type ReadTogether = (reads: readonly ContractRead[], blockNumber?: bigint) => Promise<readonly unknown[]>

/** A group of questions that waits for its answers. */
type Group = {
  reads: readonly ContractRead[]
  blockNumber: bigint | undefined
  resolve(answers: readonly unknown[]): void
  reject(error: unknown): void
}
type Block = { blockNumber?: bigint; blockHash?: Hex }

/** Longest answer of a question, in words of 32 bytes. */
const MOST_WORDS = 5
/** An answer comes as the code of a contract that is never deployed, which may have so many bytes (EIP-170). */
const MOST_BYTES = 24_576
/**
 * Questions in one `eth_call`: each answer takes four words beside its own, and all of them two. The questions fit then too: they come as the code that makes that contract, 49,152 bytes
 * (EIP-3860).
 */
const MOST_READS = Math.floor((MOST_BYTES / 32 - 2) / (MOST_WORDS + 4))
/** Times that groups may be out for one reader, each in one `eth_call`, or in as many as a group by itself needs. */
const MOST_OUT = 4

/**
 * A reader that groups what is asked at about the same time: while calls are under way, groups wait, and go out together, as many as one call answers. A group that one call doesn't answer
 * is asked for in several, all at the block that was the latest when it went out.
 */
export function readTogetherFrom(client: ReadClient): ReadTogether {
  const waiting: Group[] = []
  let underWay = 0
  const send = () => {
    while (underWay < MOST_OUT && waiting.length > 0) {
      underWay++
      void answer(client, takeNext(waiting)).finally(() => {
        underWay--
        send()
      })
    }
  }
  return (reads, blockNumber) => {
    const { promise, resolve, reject } = Promise.withResolvers<readonly unknown[]>()
    waiting.push({ reads, blockNumber, resolve, reject })
    send()
    return promise
  }
}

/** The groups that go out together: the first in line, and those behind it of the same block, as long as one call answers all. */
function takeNext(waiting: Group[]): Group[] {
  let reads = 0
  const end = waiting.findIndex((group, i) => {
    reads += group.reads.length
    return i > 0 && (reads > MOST_READS || group.blockNumber !== waiting[0]?.blockNumber)
  })
  return waiting.splice(0, end === -1 ? waiting.length : end)
}

/** Never rejects: each group is told by itself. */
async function answer(client: ReadClient, groups: readonly Group[]): Promise<void> {
  try {
    const outcomes = await readAll(
      client,
      groups.flatMap(({ reads }) => reads),
      groups[0]?.blockNumber,
    )
    let at = 0
    for (const { reads, resolve, reject } of groups) {
      const own = outcomes.slice(at, at + reads.length)
      at += reads.length
      const failed = own.find(({ status }) => status === 'failure')
      if (failed) reject(translateError(failed.error))
      else resolve(own.map(({ result }) => result))
    }
  } catch (error) {
    for (const { reject } of groups) reject(translateError(error))
  }
}

async function readAll(client: ReadClient, reads: readonly ContractRead[], blockNumber: bigint | undefined) {
  if (reads.length <= MOST_READS) return readSome(client, reads, blockNumber === undefined ? {} : { blockNumber })
  // By its hash: of a number there may be two, when the chain takes one back in between.
  const { hash: blockHash } = await getBlock(client, blockNumber === undefined ? {} : { blockNumber })
  const starts = Array.from({ length: Math.ceil(reads.length / MOST_READS) }, (_, i) => i * MOST_READS)
  const some = starts.map((start) => readSome(client, reads.slice(start, start + MOST_READS), { blockHash }))
  return (await Promise.all(some)).flat()
}

function readSome(client: ReadClient, contracts: readonly ContractRead[], block: Block) {
  return multicall(client, { contracts, ...block, deployless: true, batchSize: 0, allowFailure: true })
}
