import type { Runtime } from '../../../inference/onnx/loadRuntime.ts'
import type { Executor } from '../../executor.ts'
import type { ExactGraph } from '../../profile/index.ts'
import type { Verdict } from './createSelfTest.ts'

/** Says whether ONNX Runtime computes a graph exactly on this machine; `executor` is the graph opened in it. */
export type MachineTest = (graph: ExactGraph, runtime: Runtime, executor: Executor) => Promise<Verdict>
