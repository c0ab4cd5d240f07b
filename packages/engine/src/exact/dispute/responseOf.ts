import type { Tensor } from '@stoa/protocol'
import type { ExactGraph } from '../profile/index.ts'
import { graphTensor } from '../trace/index.ts'
import type { OwnRun } from './ownRun.ts'

/** A run's outputs as a seller of the task `graph` answers them. */
export function responseOf({ model }: ExactGraph, run: OwnRun): Tensor[] {
  return model.outputs.map(({ name }) => {
    const value = run.outputs.get(name)
    const entry = run.entries.find(({ tensor }) => tensor === name)
    if (!value || !entry) throw new RangeError(`the run has no output ${name}`)
    return graphTensor(name, value, entry.stored)
  })
}
