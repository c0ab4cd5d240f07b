import { TimeoutError } from 'viem'
import { ChainUnavailableError } from '../errors/chainErrors.ts'
import { causes, isUnreachable, translateError } from '../errors/translateError.ts'

/** Timeouts in a row after which the node is taken to be down rather than overworked. */
const PATIENCE = 3

/**
 * Reads `from`–`to`, both inclusive, in order, in as few ranges as the node allows. Nodes limit blocks, results or time per query, each in
 * its own way and words, so the width is found by trying: all that is left first; half after a refusal; an eighth more after a success, so
 * that refusals, which clients try again before they believe them, stay few. Throws what a single block throws, and
 * `ChainUnavailableError` as soon as the node does not answer.
 */
export async function scanRanges<T>(
  { from, to }: { from: bigint; to: bigint },
  read: (range: { fromBlock: bigint; toBlock: bigint }) => Promise<readonly T[]>,
): Promise<T[]> {
  const found: T[] = []
  let width = to - from + 1n
  let timeouts = 0
  for (let start = from; start <= to; ) {
    const end = start + width - 1n < to ? start + width - 1n : to
    try {
      found.push(...(await read({ fromBlock: start, toBlock: end })))
      start = end + 1n
      width += width / 8n || 1n
      timeouts = 0
    } catch (error) {
      const slow = causes(error).some((cause) => cause instanceof TimeoutError)
      timeouts = slow ? timeouts + 1 : 0
      if (!slow && causes(error).some(isUnreachable)) throw new ChainUnavailableError(error)
      if (end === start || timeouts === PATIENCE) throw translateError(error)
      width = (end - start + 1n) / 2n
    }
  }
  return found
}
