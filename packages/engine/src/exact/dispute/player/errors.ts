import { BaseError } from '@stoa/protocol'

/** A question to a player after its `close`. */
export class PlayerClosedError extends BaseError {
  override name = 'PlayerClosedError'
  constructor() {
    super('The player of this dispute is closed.', { code: 'PLAYER_CLOSED', hint: 'Open another one before asking.' })
  }
}

/** The thread that played ended by itself. The next question starts a new one, which goes on from where the game is. */
export class PlayerCrashedError extends BaseError {
  override name = 'PlayerCrashedError'
  constructor(details: string, cause?: unknown) {
    super('The thread that plays this dispute ended unexpectedly.', {
      code: 'PLAYER_CRASHED',
      details,
      hint: 'Ask again: a new thread is started. If it ends again, this machine has too little memory for the model.',
      retry: true,
      cause,
    })
  }
}
