import { PROOF_KINDS, UNITS } from '@stoa/protocol'
import { model, offer, provider, slash } from '../../schema/index.ts'
import { logOf, originOf, timeOf } from '../origin.ts'
import { offerRow } from '../rows.ts'
import type { Handlers } from '../types.ts'

export const providers: Handlers<'providerRegistry'> = {
  async ProviderRegistered(event, db) {
    const { provider: address, endpoint, endpointKey, signer } = event.args
    const counts = {
      stake: 0n,
      unbonding: 0n,
      slashed: 0n,
      offers: 0,
      openOffers: 0,
    }
    const row = {
      address,
      endpoint: storable(endpoint),
      endpointKey,
      signer,
      withdrawableAt: null,
      registeredAt: timeOf(event),
    }
    await db.insert(provider).values({ ...row, ...counts, ...originOf(event) })
  },

  async EndpointChanged({ args }, db) {
    const { provider: address, endpoint, endpointKey } = args
    await db.update(provider, { address }).set({ endpoint: storable(endpoint), endpointKey })
  },

  async SignerChanged({ args: { provider: address, signer } }, db) {
    await db.update(provider, { address }).set({ signer })
  },

  async StakeAdded({ args }, db) {
    await db.update(provider, { address: args.provider }).set({ stake: args.stake })
  },

  async UnbondingStarted({ args: { provider: address, amount, withdrawableAt } }, db) {
    await db
      .update(provider, { address })
      .set((row) => ({ stake: row.stake - amount, unbonding: row.unbonding + amount, withdrawableAt }))
  },

  async StakeWithdrawn({ args }, db) {
    await db.update(provider, { address: args.provider }).set({ unbonding: 0n, withdrawableAt: null })
  },

  async OfferCreated(event, db) {
    const { offerId: id, provider: address, modelId, offer: terms } = event.args
    const unit = UNITS[terms.unit] ?? `${terms.unit}`
    const proofKind = PROOF_KINDS[terms.proofKind] ?? `${terms.proofKind}`
    const beginning = { state: 'open', replacedBy: null, settler: null, createdAt: timeOf(event), closedAt: null }
    const counts = { settled: 0n, direct: 0n, calls: 0, collected: 0n, toOwner: 0n, toPayee: 0n }
    const place = { logIndex: event.log.logIndex, ...originOf(event) }
    await db.insert(offer).values({ ...terms, id, unit, proofKind, ...beginning, ...counts, ...place })
    await db.update(provider, { address }).set(opened)
    await db.update(model, { id: modelId }).set(opened)
  },

  async OfferClosed(event, db) {
    const { offerId: id, provider: address } = event.args
    const { modelId } = await db.update(offer, { id }).set({ state: 'closed', closedAt: timeOf(event) })
    await db.update(provider, { address }).set(closed)
    await db.update(model, { id: modelId }).set(closed)
  },

  async OfferReplaced({ args: { offerId: id, replacement } }, db) {
    await db.update(offer, { id }).set({ state: 'replaced', replacedBy: replacement })
  },

  async Slashed(event, db) {
    const { receiptDigest, provider: address, beneficiary, offerId, paid, burned } = event.args
    const { modelId } = await offerRow(db, offerId)
    const amounts = { modelId, paid, burned }
    await db
      .insert(slash)
      .values({ ...logOf(event), receiptDigest, provider: address, beneficiary, offerId, ...amounts })
    await db.update(provider, { address }).set((row) => slashed(row, paid + burned))
  },
}

type Counted = { offers: number; openOffers: number }

const opened = (row: Counted) => ({ offers: row.offers + 1, openOffers: row.openOffers + 1 })
const closed = (row: Counted) => ({ openOffers: row.openOffers - 1 })

type Staked = { stake: bigint; unbonding: bigint; withdrawableAt: number | null; slashed: bigint }

/** Stake goes first, then what is on its way out: as ProviderRegistry takes it. */
function slashed(row: Staked, taken: bigint): Staked {
  const fromStake = taken < row.stake ? taken : row.stake
  const unbonding = row.unbonding - (taken - fromStake)
  const touched = taken > fromStake && unbonding === 0n
  const withdrawableAt = touched ? null : row.withdrawableAt
  return { stake: row.stake - fromStake, unbonding, withdrawableAt, slashed: row.slashed + taken }
}

/** PostgreSQL has no text with NUL in it; the chain has what anyone writes. */
function storable(text: string): string {
  return text.replaceAll('\0', '�')
}
