import { statSync } from 'node:fs'
import { totalmem } from 'node:os'

/** For what a run takes, whatever the weights are: pages of 25 million pixels, a thousand texts at once. */
const RUN_MB = 4_096
/** A file is read, parsed, and laid out anew for the kernels, some weights in a wider type. */
const COPIES = 4
/** Share of the machine's memory, or of what its container has of it, that one model may take. */
const MOST_SHARE = 0.75

/** Most memory of a model's process, in MB: what an honest model of these files takes, with room, and no more than the machine can spare. */
export function modelMemory(files: Readonly<Record<string, string>>): number {
  const bytes = Object.values(files).reduce(
    (sum, path) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0),
    0,
  )
  const machine = Math.min(process.constrainedMemory() || Number.POSITIVE_INFINITY, totalmem())
  return Math.floor(Math.min(RUN_MB + (COPIES * bytes) / 2 ** 20, (MOST_SHARE * machine) / 2 ** 20))
}
