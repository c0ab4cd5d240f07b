import { createMachineTest, loadExactGraph, type MachineTest, preferredOrder } from '@stoa/engine/exact'
import { type BenchGoal, type BenchResult, type BenchRow, machine } from '../result.ts'
import { type Case, encoder, hundredMillion, type Network, ocrNetworks, scribe } from './cases.ts'
import { dynamicInt8 } from './dynamicInt8.ts'
import { honestPath } from './honestPath.ts'
import { type Resident, residentMemory } from './residentMemory.ts'
import { exactRunner, floatRunner, type Runner } from './runners.ts'
import { timeTogether } from './timeTogether.ts'
import { treeHashing } from './treeHashing.ts'

/** Operator set from which on models can quantise activations as they run. */
const DYNAMIC_SINCE = 11
/** Longest run of the fast executors, in ms, beside which the reference is timed: it takes some hundred times as long. */
const REFERENCE_BESIDE = 20

/**
 * Exact networks beside the same networks in float32 and in ONNX Runtime's own dynamic int8, the three executors beside each other, the memory that they
 * take, and what it costs a seller that answers can be judged.
 */
export async function run(): Promise<BenchResult> {
  const machineTest = createMachineTest()
  const measured: Measured[] = []
  for (const load of [ocrNetworks, async () => [await encoder()], async () => [await scribe()]]) {
    for (const network of await load()) measured.push(...(await measure(network, machineTest)))
  }
  const large = await hundredMillion()
  measured.push(...(await measure(large, machineTest)))
  const resident = await residentMemory(large)
  const { answer, seller, buyer } = await honestPath()
  const costOf = (side: string, ms: number): BenchRow => ({
    ...{ case: `being verifiable, an OCR answer, ${side}`, ours: ms, peer: answer },
    ...{ peerName: 'ms, the answer itself', ratio: ms / answer, unit: 'ms' },
  })
  const { ours, node } = await treeHashing()
  const hashing: BenchRow = {
    ...{ case: 'Merkle root, a leaf of 512 bytes', ours, peer: node },
    ...{ peerName: 'µs, a call of node:crypto a hash', ratio: ours / node, unit: 'µs' },
  }
  return {
    name: 'verified',
    machine: machine(),
    rows: [
      ...measured.flatMap(rowsOf),
      ...memoryRows(resident),
      ...[costOf('seller', seller), costOf('buyer', buyer), hashing],
    ],
    goals: [
      ...goalsOf(measured),
      below('decoder of 100M, most memory resident', resident.wasm, 2000, 'MB'),
      below('cost of being verifiable on the honest path, seller', (100 * seller) / answer, 1, '%'),
    ],
  }
}

/** Milliseconds of one run. `autoMs` is that of the executor that `auto` takes; `firstMs` is WebAssembly's first run of these lengths, for which it plans. */
type Measured = Case & {
  readonly autoMs: number
  readonly wasmMs: number
  readonly firstMs: number
  readonly onnxruntimeMs: number
  readonly floatMs: number
  readonly int8Ms?: number
  readonly referenceMs?: number
}

async function measure({ exact, float, cases }: Network, machineTest: MachineTest): Promise<Measured[]> {
  const [preferred] = preferredOrder(loadExactGraph(exact))
  const wasm = await exactRunner(exact, 'wasm', machineTest)
  const onnxruntime = await exactRunner(exact, 'onnxruntime', machineTest)
  const reference = await exactRunner(exact, 'reference', machineTest)
  const peer = await floatRunner(float)
  const int8 = float.opset >= DYNAMIC_SINCE ? await floatRunner(dynamicInt8(float)) : undefined
  const measured: Measured[] = []
  for (const own of cases) {
    const work = (runner: Runner, inputs: Case['exact']) => () => runner.run(inputs)
    const [firstMs = 0] = await timeTogether([work(wasm, own.exact)], { turns: 1, warm: 0 })
    const [wasmMs = 0, onnxruntimeMs = 0, floatMs = 0, int8Ms] = await timeTogether([
      work(wasm, own.exact),
      work(onnxruntime, own.exact),
      work(peer, own.float),
      ...(int8 ? [work(int8, own.float)] : []),
    ])
    const isShort = Math.max(wasmMs, floatMs) <= REFERENCE_BESIDE
    const [referenceMs] = isShort ? await timeTogether([work(reference, own.exact)], { turns: 1, warm: 0 }) : []
    measured.push({
      ...{ ...own, wasmMs, firstMs, onnxruntimeMs, floatMs },
      autoMs: preferred === 'onnxruntime' ? onnxruntimeMs : wasmMs,
      ...(int8Ms !== undefined && { int8Ms }),
      ...(referenceMs !== undefined && { referenceMs }),
    })
  }
  for (const runner of [wasm, onnxruntime, reference, peer, ...(int8 ? [int8] : [])]) await runner.close()
  return measured
}

function rowsOf({ name, autoMs, wasmMs, firstMs, onnxruntimeMs, floatMs, int8Ms, referenceMs }: Measured): BenchRow[] {
  const row = (what: string, ours: number, peer: number, peerName: string): BenchRow => ({
    ...{ case: what, ours, peer, peerName: `ms, ${peerName}`, ratio: ours / peer, unit: 'ms' },
  })
  return [
    row(name, autoMs, floatMs, 'float32 in ONNX Runtime'),
    ...(int8Ms === undefined ? [] : [row(name, autoMs, int8Ms, 'dynamic int8 in ONNX Runtime')]),
    row(`${name}, exact in WebAssembly`, wasmMs, floatMs, 'float32 in ONNX Runtime'),
    row(`${name}, exact in ONNX Runtime`, onnxruntimeMs, floatMs, 'float32 in ONNX Runtime'),
    row(`${name}, first of its lengths in WebAssembly`, firstMs, wasmMs, 'any later one'),
    ...(referenceMs === undefined ? [] : [row(`${name}, reference`, referenceMs, wasmMs, 'WebAssembly')]),
  ]
}

function memoryRows({ wasm, onnxruntime, reference, float }: Resident): BenchRow[] {
  const kinds = [
    ['WebAssembly', wasm],
    ['exact in ONNX Runtime', onnxruntime],
    ['reference, opened only', reference],
  ] as const
  return kinds.map(([what, ours]) => ({
    ...{ case: `decoder of 100M, memory, ${what}`, ours, peer: float, peerName: 'MB, float32 in ONNX Runtime' },
    ...{ ratio: ours / float, unit: 'MB' },
  }))
}

function goalsOf(measured: readonly Measured[]): BenchGoal[] {
  const speed = (cases: readonly Measured[]) =>
    cases.reduce((sum, { floatMs }) => sum + floatMs, 0) / cases.reduce((sum, { autoMs }) => sum + autoMs, 0)
  const named = (part: string) => measured.filter(({ name }) => name.startsWith(part))
  return [
    ...measured
      .filter(({ kind }) => kind === 'transformer')
      .map((own) => atLeast(`${own.name}: speed of float32`, speed([own]), 1, '×')),
    atLeast(
      'OCR, detector and recogniser: speed of float32',
      speed([...named('detector'), ...named('recogniser')]),
      0.75,
      '×',
    ),
  ]
}

const atLeast = (goal: string, value: number, target: number, unit: string): BenchGoal => ({
  ...{ goal, value, target, unit, met: value >= target },
})
const below = (goal: string, value: number, target: number, unit: string): BenchGoal => ({
  ...{ goal, value, target, unit, met: value < target },
})
