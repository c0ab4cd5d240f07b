import type { Hex } from '@stoa/protocol'
import type { Listing } from '../market/market.ts'

/** What a call buys: an offer, and the weights that it promises. */
export type Sale = {
  listing: Listing
  weightsDigest: Hex
  /** Name of the model, for the receipt's record. */
  model: string
}
