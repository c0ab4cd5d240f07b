import { BaseError } from '@stoa/protocol'

/** A request that is well-formed as tensors but is not one that the task answers. */
export class InvalidRequestError extends BaseError {
  override name = 'InvalidRequestError'
  constructor(task: string, why: string) {
    super(`Invalid ${task} request: ${why}.`, {
      code: 'INVALID_REQUEST',
      hint: 'See specs/tasks.md for the layout and the limits.',
    })
  }
}

/** Files that do not make up a model of the task: one is missing, unreadable, or not what its name says. */
export class InvalidModelError extends BaseError {
  override name = 'InvalidModelError'
  constructor(task: string, why: string, cause?: unknown) {
    super(`Not a model for ${task}: ${why}.`, {
      code: 'INVALID_MODEL',
      hint: "Compare the files with the model card's list; specs/tasks.md names the files of each task.",
      cause,
    })
  }
}

/** ONNX Runtime is optional and not there, or has no build for this platform. */
export class MissingRuntimeError extends BaseError {
  override name = 'MissingRuntimeError'
  constructor(cause: unknown) {
    super('ONNX Runtime could not be loaded.', {
      code: 'MISSING_RUNTIME',
      details: cause instanceof Error ? cause.message : String(cause),
      hint: 'Install it beside @stoa/engine: ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node@1.30.0',
      cause,
    })
  }
}

/** A model that commits to other formulas than its own, so that a contract would judge its answers by another graph; or to formulas although it has none. */
export class WrongFormulasError extends BaseError {
  override name = 'WrongFormulasError'
  constructor(task: string, cause?: unknown) {
    super(`Not a judged model for ${task}: formulas.bin is not that of its graphs.`, {
      code: 'WRONG_FORMULAS',
      hint: 'formulas.bin is made from the .onnx files of the bundle: make it again ("stoa quantize", or formulasOfModel of @stoa/engine/inference), or leave it out and offer the model as attested.',
      cause,
    })
  }
}

/** A run was asked of a model after its `close`. */
export class ModelClosedError extends BaseError {
  override name = 'ModelClosedError'
  constructor(task: string) {
    super(`The ${task} model is closed.`, { code: 'MODEL_CLOSED', hint: 'Open the model again before running it.' })
  }
}

/** The process that ran a model ended by itself. The model's next run starts another. */
export class ModelCrashedError extends BaseError {
  override name = 'ModelCrashedError'
  constructor(task: string, details: string) {
    super(`The process that runs the ${task} model ended unexpectedly.`, {
      code: 'MODEL_CRASHED',
      details,
      hint: 'Send the request again: another process is started for it. If it ends again, the model is broken, or it takes more memory than a model of its size may.',
      retry: true,
    })
  }
}

/** A model took longer than it may, for opening or for a run. Its process was ended; the next run starts another. */
export class ModelTooLongError extends BaseError {
  override name = 'ModelTooLongError'
  constructor(task: string, milliseconds: number) {
    super(`The ${task} model took longer than ${milliseconds / 1_000} s.`, {
      code: 'MODEL_TOO_LONG',
      hint: 'Send a smaller request, or use a smaller model. A model that takes this long to open is broken, or made to be.',
    })
  }
}
