import { availableParallelism, cpus } from 'node:os'

/** One measurement of Stoa beside the same measurement of a named peer, taken in the same run. */
export type BenchRow = {
  case: string
  ours: number
  peer: number
  peerName: string
  /** ours / peer. */
  ratio: number
  unit: string
}

/** A figure that an issue set as a goal, as measured now. */
export type BenchGoal = { goal: string; value: number; target: number; unit: string; met: boolean }

export type BenchResult = { name: string; machine: string; rows: BenchRow[]; goals: BenchGoal[] }

/** Processor, usable cores and Node version: what a figure depends on. */
export function machine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor'
  return `${model}, ${availableParallelism()} cores, ${process.platform} ${process.arch}, Node ${process.versions.node}`
}
