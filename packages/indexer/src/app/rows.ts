import { BaseError, type Hex } from '@stoa/protocol'
import { offer } from '../schema/index.ts'
import type { Db } from './types.ts'

/** An event speaks of what no earlier event began. */
export class MissingBeginningError extends BaseError {
  override name = 'MissingBeginningError'
  constructor(what: string) {
    super(`${what} was never begun as far as the index has read.`, {
      code: 'MISSING_BEGINNING',
      hint: 'Let the index begin at the block of the deployment, or before it.',
    })
  }
}

/** An offer that an event speaks of. Throws `MissingBeginningError`. */
export async function offerRow(db: Db, id: Hex) {
  const row = await db.find(offer, { id })
  if (!row) throw new MissingBeginningError(`Offer ${id}`)
  return row
}
