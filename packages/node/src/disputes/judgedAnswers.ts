import { JUDGED_TASKS, type JudgedAnswer } from '@stoa/engine/dispute'
import {
  type Address,
  bytesToHex,
  decodeTensors,
  type Hex,
  packReceipt,
  type Receipt,
  unpackReceipt,
} from '@stoa/protocol'
import type { Deployment, ListedGame, ReadClient } from '@stoa/sdk'
import { type BlobReader, materializeBundle, readCard } from '@stoa/storage'
import { openOffer } from '../models/openOffer.ts'
import type { NodeStore } from '../store/openStore.ts'
import { unpackRequest } from '../store/packRequest.ts'

export type JudgedAnswersParameters = {
  client: ReadClient
  deployment: Deployment
  provider: Address
  store: Pick<NodeStore, 'findCall'>
  blobs: BlobReader
  /** Where weights are kept as files. */
  folder: string
}

/**
 * Finds what a game is about: request and answer from the store, the model's files from disk or the blobs, also of an offer that is no longer served. Undefined for a
 * receipt that the store does not know: it was lost, or somebody else signs with this node's key.
 */
export function judgedAnswers(parameters: JudgedAnswersParameters) {
  const { client, deployment, provider, store, blobs, folder } = parameters
  return async ({ receipt, signature }: ListedGame): Promise<JudgedAnswer | undefined> => {
    const told = lowerCase(receipt)
    const call = store.findCall(told)
    if (!call) return undefined
    const own = unpackReceipt(call.receipt)
    if (bytesToHex(packReceipt({ ...told, signature: own.signature })) !== bytesToHex(call.receipt)) return undefined
    const { version } = await openOffer(client, { deployment, provider, offerId: told.offerId })
    const card = await readCard(blobs, version.card)
    const files = await materializeBundle({ card, weights: version.weights, blobs, folder })
    const task = JUDGED_TASKS.find((each) => each === card.task)
    if (!task) return undefined
    return {
      task,
      ...{ files, bundle: card.files, receipt: told, signature: bytesToHex(signature) },
      ...{ request: decodeTensors(unpackRequest(call.request)), response: decodeTensors(call.response) },
      // One process: a game has days, and callers are waiting for the others.
      threads: 1,
    }
  }
}

/** As the store has it: the chain's client writes addresses with capitals. */
function lowerCase(receipt: Receipt): Receipt {
  const lower = <T extends Hex>(hex: T): T => hex.toLowerCase() as T
  return { ...receipt, payer: lower(receipt.payer), offerId: lower(receipt.offerId) }
}
