export { UnfitExecutorError } from './errors.ts'
export { EXECUTORS, type Executor, type ExecutorKind, type WatchOptions } from './executor.ts'
export {
  checkFormulasFile,
  checkLengths,
  chunkState,
  decodeFormula,
  elementOf,
  FORMULAS_FILE,
  type Formula,
  type Formulas,
  foldsOf,
  formulaDigest,
  formulaRoot,
  formulasFile,
  formulasOf,
  InvalidFormulaError,
  InvalidFormulasFileError,
  NoFormulasError,
  type Reader,
  shapeOf,
  tensorReader,
} from './formula/index.ts'
export { compileSmallModel } from './onchain/compileSmallModel.ts'
export { NotSmallModelError } from './onchain/errors.ts'
export { openOnnxRuntime } from './onnxruntime/openOnnxRuntime.ts'
export type { MachineTest } from './onnxruntime/selfTest/machineTest.ts'
export {
  createMachineTest,
  type OpenExactOptions,
  type OpenedExact,
  openExact,
} from './openExact.ts'
export { preferredOrder } from './preferredOrder.ts'
export {
  type BoundGraph,
  bindGraph,
  EXACT_PROFILE,
  type ExactGraph,
  type Facts,
  InvalidExactInputError,
  InvalidExactModelError,
  isCarried,
  loadExactGraph,
  type StoredType,
} from './profile/index.ts'
export { evaluate } from './reference/evaluate.ts'
export { openReference } from './reference/openReference.ts'
export { requestTensor } from './requestTensor.ts'
export {
  entryName,
  storedDigest,
  storedDims,
  storedTensor,
  type Trace,
  type TraceEntry,
  traceEntries,
  traceOf,
} from './trace/index.ts'
export { EXACT_TYPES, type ExactType, elementsOf, type Value } from './value.ts'
export { openWasm } from './wasm/openWasm.ts'
