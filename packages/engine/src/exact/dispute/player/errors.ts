import { BaseError } from '@stoa/protocol'

/** A question to a player after its `close`. */
export class PlayerClosedError extends BaseError {
  override name = 'PlayerClosedError'
  constructor() {
    super('The player of this dispute is closed.', { code: 'PLAYER_CLOSED', hint: 'Open another one before asking.' })
  }
}

/** The process that played ended by itself. The next question starts another, which goes on from where the game is. */
export class PlayerCrashedError extends BaseError {
  override name = 'PlayerCrashedError'
  constructor(details: string) {
    super('The process that plays this dispute ended unexpectedly.', {
      code: 'PLAYER_CRASHED',
      details,
      hint: 'Ask again: another process is started. If it ends again, this machine has too little memory for the model, or the model is broken.',
      retry: true,
    })
  }
}

/** A player took longer than it may. Its process was ended; the next question starts another. */
export class PlayerTooLongError extends BaseError {
  override name = 'PlayerTooLongError'
  constructor(milliseconds: number) {
    super(`The player of this dispute took longer than ${milliseconds / 1_000} s.`, {
      code: 'PLAYER_TOO_LONG',
      hint: 'The model is too large for this machine to play about.',
    })
  }
}
