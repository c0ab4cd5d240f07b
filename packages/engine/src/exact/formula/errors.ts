import { BaseError } from '@stoa/protocol'
import type { NodePlace } from '../profile/errors.ts'

/** Bytes that are no formula, or a formula that does not fit the tensors it is computed on. */
export class InvalidFormulaError extends BaseError {
  override name = 'InvalidFormulaError'
  readonly reason: string

  constructor(why: string) {
    super(`Not a formula: ${why}.`, {
      code: 'INVALID_FORMULA',
      hint: 'specs/formulas.md says what a formula is; formulasOf derives them from the ONNX file.',
    })
    this.reason = why
  }
}

/** An exact graph that no contract can judge: it has no formulas. Its answers are exact all the same. */
export class NoFormulasError extends BaseError {
  override name = 'NoFormulasError'
  /** The node at fault (undefined: the graph as a whole). */
  readonly node: string | undefined
  readonly op: string | undefined
  readonly reason: string

  constructor(why: string, at?: NodePlace) {
    const where = at ? `${at.op} "${at.name || at.outputs[0]}": ` : ''
    super(`The model is exact, but has no formulas: ${where}${why}.`, {
      code: 'NO_FORMULAS',
      hint: 'It can be sold as attested. specs/formulas.md says what a graph must be like to be judged by a contract.',
    })
    this.node = at && (at.name || at.outputs[0])
    this.op = at?.op
    this.reason = why
  }
}

/** A `formulas.bin` that is not that of the graphs beside it. */
export class InvalidFormulasFileError extends BaseError {
  override name = 'InvalidFormulasFileError'
  constructor(why: string) {
    super(`Not the formulas of this model: ${why}.`, {
      code: 'INVALID_MODEL',
      hint: 'formulas.bin is made from the .onnx files of the bundle, all of them: make it again.',
    })
  }
}
