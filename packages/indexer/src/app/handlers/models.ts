import { zeroAddress } from 'viem'
import { model, transfer, version } from '../../schema/index.ts'
import { logOf, originOf, timeOf } from '../origin.ts'
import type { Handlers } from '../types.ts'

export const models: Handlers<'modelRegistry'> = {
  async ModelPublished(event, db) {
    const { modelId: id, owner, ownerSharePpm } = event.args
    const terms = { id, owner, ownerSharePpm, resaleReceiver: null, resaleFeeBps: 0, publishedAt: timeOf(event) }
    const counts = {
      activeVersion: 0,
      versions: 0,
      offers: 0,
      openOffers: 0,
      settled: 0n,
      direct: 0n,
      calls: 0,
      payers: 0,
    }
    await db.insert(model).values({ ...terms, ...counts, ...originOf(event) })
  },

  async VersionPublished(event, db) {
    const { modelId, version: number, card, weights } = event.args
    const publishedAt = timeOf(event)
    await db.insert(version).values({ modelId, version: number, card, weights, publishedAt, ...originOf(event) })
    await db.update(model, { id: modelId }).set({ versions: number })
  },

  async VersionActivated({ args }, db) {
    await db.update(model, { id: args.modelId }).set({ activeVersion: args.version })
  },

  async OwnerShareChanged({ args }, db) {
    await db.update(model, { id: args.modelId }).set({ ownerSharePpm: args.ownerSharePpm })
  },

  async ResaleRoyaltyChanged({ args: { modelId, receiver, feeBps } }, db) {
    const resaleReceiver = receiver === zeroAddress ? null : receiver
    await db.update(model, { id: modelId }).set({ resaleReceiver, resaleFeeBps: Number(feeBps) })
  },

  async Transfer(event, db) {
    const { from: sender, to: recipient, tokenId: modelId } = event.args
    await db.insert(transfer).values({ ...logOf(event), kind: 'model', sender, recipient, amount: 1n, modelId })
    // A model's first transfer comes before the event that begins its row, which names the owner itself.
    if (sender !== zeroAddress) await db.update(model, { id: modelId }).set({ owner: recipient })
  },
}
