import { GatewayError } from '../errors.ts'

/** The next move of a dispute could not be found in the time that is given to one. Its process was ended. */
export class MoveTooLongError extends GatewayError {
  override name = 'MoveTooLongError'
  constructor(model: string, milliseconds: number) {
    super(`A move in a dispute about ${model} takes longer than ${milliseconds / 1000} s here.`, {
      code: 'MOVE_TOO_LONG',
      status: 500,
      retry: true,
      hint: 'Use a faster machine, or dispute answers of smaller models: a dispute that is not played in time is lost.',
    })
  }
}
