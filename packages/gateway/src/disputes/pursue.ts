import { PHASES } from '@stoa/engine/dispute'
import {
  type ArbiterTerms,
  challengeCall,
  encodeOpening,
  moveCall,
  type PlayedGame,
  proveMalformedCall,
  proveSilenceCall,
  proveWeightsCall,
} from '@stoa/sdk'
import { isAddressEqual } from 'viem'
import { type Dispute, GROUNDS, type Outcome } from './dispute.ts'
import type { DisputeChain } from './disputeChain.ts'
import type { Players } from './openPlayers.ts'

/** What came of one look at a dispute. */
export type Step =
  /** Nothing is to be done now; why, a sentence. */
  | { readonly did: 'waited'; readonly note: string }
  /** A transaction was mined: there may be more to do at once. */
  | { readonly did: 'sent'; readonly move: string }
  | { readonly did: 'ended'; readonly outcome: Outcome }

export type PursueContext = {
  readonly chain: DisputeChain
  readonly players: Players
  readonly terms: ArbiterTerms
  readonly leastReward: bigint
  /** Wei that may be posted for this dispute now. */
  mostBond(): bigint
  /** Records, before it is sent, with which nonce and bond a challenge goes out. */
  sending(nonce: number, bond: bigint): void
  /** Records the game's number and bond. */
  playing(game: bigint, bond: bigint): void
  now(): number
}

/** Phases in which it is the seller's turn. */
const SELLERS: readonly string[] = ['commit', 'expandInTrace', 'open', 'expandInTensor', 'reveal', 'fold', 'refold']

/** Milliseconds within which what was mined is seen by every node behind an RPC address. */
const LAG_MS = 120_000

/** Gas that a challenger should have for a whole game: 735,000 was the most measured (benchmarks/results/dispute.json); a page made to be dear takes some 1.2 million. */
const GAME_GAS = 1_200_000n

/**
 * Looks at the chain and does the next thing in a dispute, whatever was done before and forgotten since. What is to be done follows from the chain alone; only so
 * that a challenge is not sent twice is its nonce kept.
 */
export async function pursue(context: PursueContext, dispute: Dispute): Promise<Step> {
  return dispute.kind === 'weights' ? pursueWeights(context, dispute) : pursueGame(context, dispute)
}

async function pursueWeights(context: PursueContext, dispute: Dispute): Promise<Step> {
  const { chain } = context
  const { signed } = dispute
  const over = await overBefore(context, dispute)
  if (over) return { did: 'ended', outcome: over }
  await chain.send(proveWeightsCall({ deployment: chain.deployment, receipt: signed, signature: signed.signature }))
  return { did: 'sent', move: 'proveWeights' }
}

async function pursueGame(context: PursueContext, dispute: Dispute): Promise<Step> {
  const { chain } = context
  const games = await chain.ownGames(dispute.receipt, dispute.fromBlock)
  const own = games.find(({ on }) => on) ?? games.at(-1)
  if (!own) return challenge(context, dispute)
  const played = await chain.game(own.game, own.blockNumber)
  if (!played) return { did: 'waited', note: 'The chain does not show the game yet.' }
  const { verdict, state } = played
  context.playing(own.game, state.bond)
  if (!verdict) return play(context, dispute, played)
  if (!verdict.convicted) return lost('the time for the next move ran out', verdict.transaction)
  return { did: 'ended', outcome: await convictionOf(context, dispute, verdict, state.bond) }
}

/** What ends a dispute before it begins: somebody else convicted the seller, or it should not be begun. */
async function overBefore(context: PursueContext, dispute: Dispute): Promise<Outcome | undefined> {
  const { receipt, fromBlock } = dispute
  const convicted = (await context.chain.verdicts(receipt, fromBlock)).find(({ taken }) => taken > 0n)
  if (convicted) return convictionOf(context, dispute, convicted)
  const reason = await whyNot(context, dispute)
  return reason === undefined ? undefined : { end: 'forgone', reason }
}

/** Who got what by a conviction, exactly; `bond` is what the challenger gets back. */
async function convictionOf(
  { chain }: PursueContext,
  { signed }: Dispute,
  { ground, burned, transaction }: { ground: number; burned: bigint; transaction: `0x${string}` },
  bond = 0n,
): Promise<Outcome> {
  const payouts = await chain.payouts(transaction)
  const to = (account: `0x${string}`) =>
    payouts.reduce((sum, paid) => (isAddressEqual(paid.account, account) ? sum + paid.wei : sum), 0n)
  const names = { end: 'convicted', ground: GROUNDS[ground] ?? 'element', burned, transaction } as const
  const all = to(chain.account)
  // One account may be both: then all that it got beyond the bond counts as the challenger's.
  const toPayer = isAddressEqual(signed.payer, chain.account) ? 0n : to(signed.payer)
  return { ...names, toPayer, toChallenger: all > bond ? all - bond : 0n }
}

/** Why a dispute should not be begun; undefined where it should. */
async function whyNot({ chain, terms, leastReward }: PursueContext, dispute: Dispute): Promise<string | undefined> {
  const { receipt, signed } = dispute
  const { arbiter, profile } = await chain.offer(signed.offerId)
  const { arbiter: ours } = chain.deployment
  if (!ours || !isAddressEqual(arbiter, ours) || !(await chain.isJudged(profile)))
    return 'the offer names another judge, or a profile that this one does not judge'
  const { time } = await chain.newest()
  if (time > signed.answeredAt + terms.challengeWindow) return 'the time to challenge the answer is over'
  const { paid } = await chain.stakeAtRisk(signed.offerId, receipt)
  if (paid === 0n) return 'the receipt has cost its seller all that it can already, or no stake is left'
  if (paid < leastReward) return `a conviction would bring ${paid} wei, less than the ${leastReward} that are worth it`
  return undefined
}

async function challenge(context: PursueContext, dispute: Dispute): Promise<Step> {
  const { chain, players, now } = context
  const { sent, signed } = dispute
  const over = await overBefore(context, dispute)
  if (over) return { did: 'ended', outcome: over }
  const nonce = await chain.nonce()
  if (sent && nonce > sent.nonce && now() - sent.at < LAG_MS)
    return { did: 'waited', note: 'A challenge was sent, and the chain does not show its game yet.' }
  const bond = await chain.bond(dispute.receipt)
  const most = context.mostBond()
  if (bond > most)
    return { did: 'waited', note: `The bond would be ${bond} wei, and of what may be out at once ${most} are left.` }
  const { coin, token, gasPrice } = await chain.funds()
  const { account } = chain
  if (token < bond)
    return { did: 'waited', note: `The dispute account ${account} holds ${token} wei of the bond's ${bond}.` }
  if (coin < gasPrice * GAME_GAS)
    return { did: 'waited', note: `The dispute account ${account} holds too little coin for the gas of a game.` }
  const complaint = await players.complaint(dispute)
  if (!complaint)
    return { did: 'ended', outcome: { end: 'forgone', reason: 'computed once more, the answer was right' } }
  const { deployment } = chain
  const own = { deployment, receipt: signed, signature: signed.signature }
  if (complaint.complain === 'proveMalformed') {
    await chain.send(proveMalformedCall({ ...own, opening: encodeOpening(complaint.opening) }))
    return { did: 'sent', move: 'proveMalformed' }
  }
  const { stage } = complaint
  const opened = stage && { stage: { place: BigInt(stage.place), opening: encodeOpening(stage.opening) } }
  // If others challenge first it needs more than is allowed: then it fails, and the next look decides anew.
  const allow = await chain.allowBond(bond)
  if (allow) await chain.send(allow)
  context.sending(await chain.nonce(), bond)
  await chain.send(challengeCall({ ...own, ...opened }))
  return { did: 'sent', move: 'challenge' }
}

async function play(context: PursueContext, dispute: Dispute, played: PlayedGame): Promise<Step> {
  const { chain, players } = context
  const { game, state } = played
  const { deployment } = chain
  const sellers = SELLERS.includes(PHASES[state.phase] ?? '')
  const deadline = state.since + (sellers ? state.sellerLeft : state.challengerLeft)
  const { time } = await chain.newest()
  if (sellers) {
    if (time <= deadline) return { did: 'waited', note: `It is the seller's turn until ${utc(deadline)}.` }
    const { signed } = dispute
    await chain.send(proveSilenceCall({ deployment, receipt: signed, signature: signed.signature, played }))
    return { did: 'sent', move: 'proveSilence' }
  }
  if (time > deadline) return lost('the time for the next move ran out')
  const next = await players.nextStep(dispute, played)
  if (next.step === 'concede') return lost('all that the seller showed is what was computed here')
  if (next.step === 'wait') return { did: 'waited', note: 'It is the seller’s turn.' }
  await chain.send(moveCall({ deployment, game, state, ...next.call }))
  return { did: 'sent', move: next.call.move }
}

const lost = (reason: string, transaction?: `0x${string}`): Step => ({
  did: 'ended',
  outcome: { end: 'lost', reason, transaction },
})

const utc = (seconds: number): string => `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`
