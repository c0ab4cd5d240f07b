import { digestTree, type Tensor, tensorDigest } from '@stoa/protocol'
import { committed } from '../../evidence/index.ts'
import type { OwnRun } from '../ownRun.ts'

/** A run with one bit of one entry's data turned, and nothing computed from it: a lie in a network too large to compute twice. */
export async function tamperedRun(run: OwnRun, entry: number, byte: number, bit = 0): Promise<OwnRun> {
  const change = (tensor: Tensor): Tensor => {
    const data = tensor.data.slice()
    data[byte] = (data[byte] ?? 0) ^ (1 << bit)
    return { ...tensor, data }
  }
  const truth = (await run.load([entry])).get(entry)
  if (!truth) throw new RangeError(`the run has no entry ${entry}`)
  const lie = change(truth.tensor)
  const entries = run.entries.map((each) => (each.index === entry ? { ...each, digest: tensorDigest(lie) } : each))
  return {
    ...{ entries, outputs: run.outputs, tree: digestTree(entries.map(({ digest }) => digest)) },
    load: async (indices) =>
      new Map([...(await run.load(indices))].map(([i, own]) => [i, i === entry ? committed(lie) : own])),
  }
}
