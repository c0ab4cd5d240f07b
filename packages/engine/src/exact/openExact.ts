import { loadRuntime, type Runtime } from '../inference/onnx/loadRuntime.ts'
import { UnfitExecutorError } from './errors.ts'
import type { Executor, ExecutorKind } from './executor.ts'
import { openOnnxRuntime } from './onnxruntime/openOnnxRuntime.ts'
import { createSelfTest, type SelfTest, type Verdict } from './onnxruntime/selfTest/createSelfTest.ts'
import { machineSeed } from './onnxruntime/selfTest/machineSeed.ts'
import type { MachineTest } from './onnxruntime/selfTest/machineTest.ts'
import { rememberPasses } from './onnxruntime/selfTest/rememberPasses.ts'
import { preferredOrder } from './preferredOrder.ts'
import { type ExactGraph, loadExactGraph } from './profile/index.ts'
import { openReference } from './reference/openReference.ts'
import { openWasm } from './wasm/openWasm.ts'

export type OpenExactOptions = {
  /** The model's file. */
  readonly bytes: Uint8Array
  /** Threads of one run; as many as there are cores where left out. */
  readonly threads?: number
  /** `auto`, where left out: see `openExact`. */
  readonly executor?: 'auto' | ExecutorKind
  /**
   * What ONNX Runtime must pass before it is used; where left out, this machine's test, whose passes are remembered across processes. Whoever opens several models
   * passes one `createMachineTest`, which tries nothing twice.
   */
  readonly machineTest?: MachineTest
  /** For callers that bring their own copy of ONNX Runtime. */
  readonly load?: () => Promise<Runtime>
}

export type OpenedExact = {
  readonly graph: ExactGraph
  readonly executor: Executor
  /** Why this executor, for a person. */
  readonly why: string
}

/**
 * The test that a graph's operators must pass in ONNX Runtime on this machine; what passed once isn't tried again. Operators are tried on one thread, for
 * starting others takes most of the time: threads share elements out, and no element's terms. The graph itself is tried as it was opened.
 */
export function createMachineTest(): MachineTest {
  const tests = new WeakMap<Runtime, SelfTest>()
  const seedOf = machineSeed()
  return (graph, runtime, executor) => {
    const test =
      tests.get(runtime) ??
      createSelfTest((probe, how) => openOnnxRuntime(probe, { runtime, threads: 1, ...how }), seedOf)
    tests.set(runtime, test)
    return test(graph, executor)
  }
}

/**
 * Loads an exact model and opens it in the fastest executor that gives its answers on this machine: WebAssembly where it has memory enough, ONNX Runtime where
 * it is installed and passes the self-test, in the graph's `preferredOrder`; else the slow reference. Throws `InvalidOnnxError` or `InvalidExactModelError` for a file that is no exact model, and `UnfitExecutorError` where
 * the executor that was asked for by name can't be used here.
 */
export async function openExact({ bytes, executor = 'auto', ...options }: OpenExactOptions): Promise<OpenedExact> {
  const graph = loadExactGraph(bytes)
  const order = executor === 'auto' ? preferredOrder(graph) : [executor]
  const failures: string[] = []
  for (const kind of order) {
    const opened = await OPENERS[kind](graph, options)
    if ('executor' in opened) return { graph, ...opened, why: [opened.why, ...failures].join(' ') }
    failures.push(opened.failure)
  }
  throw new UnfitExecutorError(order, failures)
}

type Attempt = { readonly executor: Executor; readonly why: string } | { readonly failure: string }
type Options = Omit<OpenExactOptions, 'bytes' | 'executor'>

const OPENERS: Readonly<Record<ExecutorKind, (graph: ExactGraph, options: Options) => Promise<Attempt>>> = {
  wasm: (graph, { threads }) =>
    attempt('WebAssembly', 'WebAssembly computes the model; its instructions give the same on every machine.', () =>
      openWasm(graph, threads === undefined ? {} : { threads }),
    ),
  onnxruntime: tryOnnxRuntime,
  reference: async (graph) => ({
    executor: openReference(graph),
    why: 'The reference computes the model: slow, and what the others are compared with.',
  }),
}

async function tryOnnxRuntime(graph: ExactGraph, { threads, load, machineTest }: Options): Promise<Attempt> {
  let runtime: Runtime
  try {
    runtime = await (load ? loadRuntime(load) : loadRuntime())
  } catch {
    return { failure: 'ONNX Runtime is not installed.' }
  }
  const options = threads === undefined ? {} : { threads }
  const opened = await attempt('ONNX Runtime', '', () => openOnnxRuntime(graph, { runtime, ...options }))
  if ('failure' in opened) return opened
  const { executor } = opened
  const verdict = await passed(() => testOf({ machineTest, load })(graph, runtime, executor))
  if ('probes' in verdict)
    return { executor, why: `ONNX Runtime computes the model; it passed ${verdict.probes} self-tests on this machine.` }
  await executor.close()
  return verdict
}

/** A copy of ONNX Runtime that the caller brings is nobody's to remember. */
function testOf({ machineTest, load }: { machineTest: MachineTest | undefined; load: unknown }): MachineTest {
  return machineTest ?? (load ? createMachineTest() : rememberPasses(createMachineTest()))
}

async function passed(test: () => Promise<Verdict>): Promise<{ probes: number } | { failure: string }> {
  try {
    const verdict = await test()
    if (verdict.passed) return { probes: verdict.probes }
    return { failure: `ONNX Runtime does not compute exactly on this machine (${verdict.why}).` }
  } catch (error) {
    return { failure: `ONNX Runtime could not be tested (${messageOf(error)}).` }
  }
}

async function attempt(name: string, why: string, open: () => Promise<Executor>): Promise<Attempt> {
  try {
    return { executor: await open(), why }
  } catch (error) {
    return { failure: `${name} could not open the model (${messageOf(error)}).` }
  }
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
