export { loadLlama, MissingLlamaError } from './chat/loadLlama.ts'
export {
  InvalidModelError,
  InvalidRequestError,
  MissingRuntimeError,
  ModelClosedError,
  ModelCrashedError,
  ModelTooLongError,
  WrongFormulasError,
} from './errors.ts'
export { formulasOfModel } from './formulasOfModel.ts'
export { graphTensorName } from './graph/graphTensorName.ts'
export type { Model, RunOptions, Task } from './model.ts'
export { TASKS } from './model.ts'
export { modelFrom } from './modelFrom.ts'
export { type OpenModelParameters, openModel } from './openModel.ts'
export { type ModelProcessOptions, openModelInProcess } from './process/openModelInProcess.ts'
