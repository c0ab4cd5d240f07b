import { PROOF_KINDS, UNITS } from '@stoa/protocol'
import { BURN_ADDRESS, ZERO_ADDRESS } from '../../../data/names.ts'
import { GROUNDS } from '../disputes/grounds.ts'
import {
  type Args,
  account,
  at,
  digest,
  game,
  model,
  offer,
  type Part,
  perUnit,
  sentence as s,
  share,
  wei,
  words,
} from './parts.ts'

/** What of an event its words are made of. */
export type Happening = { contract: string; name: string; sender: string; args: Args }

/** An event as a sentence. One that has none is told by its name and its arguments. */
export function eventWords({ contract, name, sender, args }: Happening): Part[] {
  if (name === 'EIP712DomainChanged') return s`${words(contract)} signs messages in another name from now on`
  const tell = SENTENCES[`${contract}.${name}`]
  return tell ? tell(args, account(sender)) : s`${words(contract)}: ${words(name)} ${words(args)}`
}

const isNobody = (address: unknown) => address === ZERO_ADDRESS
const REFUSALS = ['expired', 'wrong signer', 'over what the voucher allows', 'unknown offer', 'no funds']

function record(value: unknown): Args {
  return typeof value === 'object' && value !== null ? (value as Args) : {}
}

// Longer than a function should be: a line for each event that there is.
const SENTENCES: Readonly<Record<string, (args: Args, sender: Part) => Part[]>> = {
  'modelRegistry.ModelPublished': (a) =>
    s`${account(a.owner)} published ${model(a.modelId)}, for ${share(a.ownerSharePpm)} of what it earns`,
  'modelRegistry.VersionPublished': (a) =>
    s`${model(a.modelId)} has a version ${String(a.version)}, of the weights ${digest(a.weights, 'weights')}`,
  'modelRegistry.VersionActivated': (a) =>
    s`Version ${String(a.version)} of ${model(a.modelId)} is the one that is sold`,
  'modelRegistry.OwnerShareChanged': (a) =>
    s`The owner of ${model(a.modelId)} takes ${share(a.ownerSharePpm)} of new offers`,
  'modelRegistry.ResaleRoyaltyChanged': (a) =>
    isNobody(a.receiver)
      ? s`Resales of ${model(a.modelId)} owe nothing to anybody`
      : s`Resales of ${model(a.modelId)} owe ${String(Number(a.feeBps) / 100)} % to ${account(a.receiver)}`,
  'modelRegistry.Transfer': (a) =>
    isNobody(a.from)
      ? s`${model(a.tokenId)} came into being, owned by ${account(a.to)}`
      : s`${account(a.from)} handed ${model(a.tokenId)} over to ${account(a.to)}`,
  'modelRegistry.Approval': (a) => s`${account(a.owner)} lets ${account(a.approved)} hand ${model(a.tokenId)} over`,
  'modelRegistry.ApprovalForAll': (a) =>
    s`${account(a.owner)} ${a.approved === true ? 'lets' : 'no longer lets'} ${account(a.operator)} hand its models over`,
  'providerRegistry.ProviderRegistered': (a) => s`${account(a.provider)} became a provider, at ${words(a.endpoint)}`,
  'providerRegistry.EndpointChanged': (a) => s`${account(a.provider)} moved to ${words(a.endpoint)}`,
  'providerRegistry.SignerChanged': (a) => s`${account(a.provider)} signs receipts with ${account(a.signer)}`,
  'providerRegistry.StakeAdded': (a) => s`${account(a.provider)} staked ${wei(a.amount)}, ${wei(a.stake)} in all`,
  'providerRegistry.UnbondingStarted': (a) =>
    s`${account(a.provider)} announced to take ${wei(a.amount)} of its stake out, from ${at(a.withdrawableAt)} on`,
  'providerRegistry.StakeWithdrawn': (a) =>
    s`${account(a.provider)} took ${wei(a.amount)} of stake out, to ${account(a.to)}`,
  'providerRegistry.OfferCreated': (a) => {
    const { unit, price, proofKind } = record(a.offer)
    const kind = PROOF_KINDS[Number(proofKind)] ?? 'unknown'
    const asked = perUnit(price, UNITS[Number(unit)] ?? 'call')
    return s`${account(a.provider)} offers ${model(a.modelId)} (${kind}) for ${asked}: ${offer(a.offerId)}`
  },
  'providerRegistry.OfferClosed': (a) => s`${account(a.provider)} closed ${offer(a.offerId)}`,
  'providerRegistry.OfferReplaced': (a) => s`${offer(a.offerId)} was replaced by ${offer(a.replacement)}`,
  'providerRegistry.Slashed': (a) =>
    s`${account(a.provider)} lost ${wei(a.paid)} of stake to ${account(a.beneficiary)} and ${wei(a.burned)} burned, over an answer under ${offer(a.offerId)}`,
  'escrow.Deposited': (a, sender) =>
    s`${sender} deposited ${wei(a.amount)} for ${account(a.payer)}${isNobody(a.key) ? [] : s`, who signs vouchers with ${account(a.key)}`}`,
  'escrow.KeyAdded': (a) => s`${account(a.payer)} signs vouchers with ${account(a.key)}`,
  'escrow.KeyRemoved': (a) =>
    s`${account(a.payer)} no longer signs with ${account(a.key)}, from ${at(a.validUntil)} on`,
  'escrow.WithdrawalRequested': (a) =>
    Number(a.withdrawableAt) === 0
      ? s`${account(a.payer)} cancelled its withdrawal`
      : s`${account(a.payer)} announced to withdraw ${wei(a.amount)}, from ${at(a.withdrawableAt)} on`,
  'escrow.Withdrawn': (a) => s`${account(a.payer)} withdrew ${wei(a.amount)}, to ${account(a.to)}`,
  'escrow.Locked': (a) => s`${account(a.payer)} locked ${wei(a.amount)} for ${offer(a.offerId)}, until ${at(a.until)}`,
  'escrow.Unlocked': (a) => s`${wei(a.amount)} of ${account(a.payer)} were unlocked, from ${offer(a.offerId)}`,
  'escrow.Settled': (a) =>
    s`${account(a.payer)} paid ${wei(a.paid)} for ${String(a.calls)} call${Number(a.calls) === 1 ? '' : 's'} under ${offer(a.offerId)}`,
  'escrow.ClaimRefused': (a) =>
    s`A claim on ${account(a.payer)} under ${offer(a.offerId)} was refused: ${REFUSALS[Number(a.reason)] ?? 'unknown reason'}`,
  'escrow.SettlerChanged': (a) => s`${account(a.provider)} has ${account(a.settler)} settle for it`,
  'escrow.OfferSettlerChanged': (a) => s`${offer(a.offerId)} is settled by ${account(a.settler)}`,
  'escrow.OfferOpened': (a) =>
    s`${offer(a.offerId)} of ${account(a.provider)} can be paid, settled by ${account(a.settler)}`,
  'escrow.OfferPaid': (a) =>
    s`${wei(a.amount)} were paid without a voucher, through ${account(a.from)}, under ${offer(a.offerId)}`,
  'escrow.RevenueCollected': (a) => s`${wei(a.amount)} earned under ${offer(a.offerId)} went to be shared out`,
  'escrow.OverchargeProved': (a) =>
    s`${account(a.payer)} proved to be overcharged by ${wei(a.excess)} under ${offer(a.offerId)}`,
  'revenueSink.RevenueCollected': (a) => s`${wei(a.amount)} earned under ${offer(a.offerId)} are shared out`,
  'revenueSink.RevenueCredited': (a) => s`${account(a.account)} earned ${wei(a.amount)} under ${offer(a.offerId)}`,
  'revenueSink.RevenueWithdrawn': (a) => s`${account(a.account)} took ${wei(a.amount)} of earnings out`,
  'offerPayments.PaymentSettled': (a) =>
    s`${account(a.payer)} paid ${wei(a.amount)} by a signed transfer, under ${offer(a.offerId)}`,
  'offerPayments.PaymentRefused': (a) =>
    s`A signed transfer of ${account(a.payer)}, under ${offer(a.offerId)}, moved nothing`,
  'offerPayments.PaymentsSwept': (a) =>
    s`${wei(a.amount)} paid by signed transfers became revenue of ${offer(a.offerId)}`,
  'arbiter.Challenged': (a, sender) =>
    s`${sender} disputes an answer of ${account(a.provider)}: ${game(a.game)} begins`,
  'arbiter.Staged': (a) => s`${game(a.game)} is about stage ${String(a.place)} of the answer`,
  'arbiter.Entered': (a) => s`${game(a.game)} goes into a run of a network`,
  'arbiter.RowPosted': (a, sender) => s`${sender} shows a row of its computation in ${game(a.game)}`,
  'arbiter.Descended': (a, sender) => s`${sender} picks what is wrong of it in ${game(a.game)}`,
  'arbiter.Opened': (a, sender) => s`${sender} opens a tensor in ${game(a.game)}`,
  'arbiter.LeavesPosted': (a, sender) => s`${sender} shows the numbers themselves in ${game(a.game)}`,
  'arbiter.Disputed': (a, sender) => s`${sender} names one element in ${game(a.game)}`,
  'arbiter.Folded': (a, sender) => s`${sender} says its partial sums in ${game(a.game)}`,
  'arbiter.Narrowed': (a, sender) => s`${sender} picks one partial sum in ${game(a.game)}`,
  'arbiter.Convicted': (a) =>
    s`The seller was convicted${a.game === '0' ? [] : s` in ${game(a.game)}`}: ${Object.values(GROUNDS)[Number(a.ground)] ?? 'unknown ground'}. ${wei(a.taken)} of its stake were taken, ${wei(a.burned)} burned`,
  'arbiter.Dismissed': (a) => s`${account(a.challenger)} lost ${game(a.game)}: the answer stands`,
  'arbiter.Credited': (a) => s`${wei(a.amount)} wait for ${account(a.account)}, who could not be paid`,
  'arbiter.Withdrawn': (a) => s`${account(a.account)} took ${wei(a.amount)} that waited for it`,
  'smallModels.SmallModelPublished': (a) =>
    s`${account(a.publisher)} put a small model on the chain, ${String(a.bytesStored)} bytes, at ${account(a.model)}`,
  'token.Transfer': (a) =>
    a.to === BURN_ADDRESS
      ? s`${account(a.from)} burned ${wei(a.value)}`
      : s`${account(a.from)} sent ${wei(a.value)} to ${account(a.to)}`,
}
