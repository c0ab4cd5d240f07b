import type { Offer } from '@stoa/protocol'
import { PROOF_KINDS, UNITS } from '@stoa/protocol'
import { UnexpectedAnswerError } from '../../errors/chainErrors.ts'

/** An offer as the contract has it: enums by number. */
export type OfferStruct = Omit<Offer, 'unit' | 'proofKind'> & { unit: number; proofKind: number }

export function toOfferStruct(offer: Offer): OfferStruct {
  return { ...offer, unit: UNITS.indexOf(offer.unit), proofKind: PROOF_KINDS.indexOf(offer.proofKind) }
}

/** Throws `UnexpectedAnswerError` for a unit or proof kind that this release does not know. */
export function fromOfferStruct(struct: OfferStruct): Offer {
  const unit = UNITS[struct.unit]
  const proofKind = PROOF_KINDS[struct.proofKind]
  if (!unit || !proofKind)
    throw new UnexpectedAnswerError(`an offer of unit ${struct.unit} and proof kind ${struct.proofKind}`)
  return { ...struct, unit, proofKind }
}
