/**
 * The tables of specs/index.md by the literal reading: each column is looked up among all logs, or asked of the contract that knows it.
 * Slow, and without any state of its own, so that it can't go wrong in the same way as an index that goes on from row to row.
 */
import type { Hex } from '@stoa/protocol'
import {
  escrowAbi,
  graphArbiterAbi,
  modelRegistryAbi,
  offerPaymentsAbi,
  providerRegistryAbi,
  revenueSinkAbi,
  stoaUsdAbi,
} from '@stoa/protocol/abi'
import type { Deployment } from '@stoa/sdk'
import { type Abi, type Client, decodeEventLog, zeroAddress } from 'viem'
import { getBlock, getLogs, getTransaction, readContract } from 'viem/actions'

type Fact = {
  contract: string
  name: string
  // biome-ignore lint/suspicious/noExplicitAny: arguments of any event by name; what is compared with them is checked.
  a: any
  block: number
  log_index: number
  at: number
  tx: Hex
  sender: Hex
}
type Row = Record<string, unknown>

const UNITS = ['call', 'byte', 'pixel', 'token']
const PHASES =
  'over commit pickInTrace expandInTrace open pickInTensor expandInTensor reveal examine fold pickPart refold pickSubpart'.split(
    ' ',
  )
const GROUNDS = 'silence count header element chunk response weights malformed step'.split(' ')

/** Every event of the deployment's contracts, in order; transfers of the token only where a contract of Stoa's is a party. */
async function readFacts(client: Client, deployment: Deployment): Promise<Fact[]> {
  const { token, modelRegistry, providerRegistry, escrow, revenueSink, arbiter = zeroAddress } = deployment
  const { offerPayments = zeroAddress } = deployment
  const contracts: Record<string, [string, Abi]> = {
    [modelRegistry.toLowerCase()]: ['modelRegistry', modelRegistryAbi],
    [providerRegistry.toLowerCase()]: ['providerRegistry', providerRegistryAbi],
    [escrow.toLowerCase()]: ['escrow', escrowAbi],
    [revenueSink.toLowerCase()]: ['revenueSink', revenueSinkAbi],
    [offerPayments.toLowerCase()]: ['offerPayments', offerPaymentsAbi],
    [arbiter.toLowerCase()]: ['arbiter', graphArbiterAbi],
    [token.toLowerCase()]: ['token', stoaUsdAbi],
  }
  const parties = [providerRegistry, escrow, revenueSink, arbiter].map((address) => address.toLowerCase())
  const logs = await getLogs(client, { fromBlock: 0n, address: Object.keys(contracts) as Hex[] })
  const times = new Map<bigint, number>()
  const facts: Fact[] = []
  for (const log of logs) {
    const [contract, abi] = contracts[log.address.toLowerCase()] ?? ['', []]
    const { eventName: name, args } = decodeEventLog({ abi, ...log }) as { eventName?: string; args?: unknown }
    const a = lower(args ?? {}) as Record<string, unknown>
    if (contract === 'token' && (name !== 'Transfer' || !parties.some((party) => party === a.from || party === a.to)))
      continue
    if (!times.has(log.blockNumber))
      times.set(log.blockNumber, Number((await getBlock(client, { blockNumber: log.blockNumber })).timestamp))
    const { from } = await getTransaction(client, { hash: log.transactionHash })
    const place = { block: Number(log.blockNumber), log_index: log.logIndex, at: times.get(log.blockNumber) ?? 0 }
    facts.push({ contract, name: name ?? '', a, ...place, tx: log.transactionHash, sender: from.toLowerCase() as Hex })
  }
  return facts
}

/** All tables, each a list of rows in no order. */
export async function readTables(client: Client, deployment: Deployment): Promise<Record<string, Row[]>> {
  const facts = await readFacts(client, deployment)
  const { modelRegistry, providerRegistry, escrow, revenueSink, offerPayments = zeroAddress } = deployment
  const of = (contract: string, ...names: string[]) =>
    facts.filter((fact) => fact.contract === contract && names.includes(fact.name))
  const logRow = ({ block, log_index, at, tx }: Fact) => ({ block, log_index, at, tx })
  const sum = (list: Fact[], field: string) => list.reduce((total, { a }) => total + BigInt(a[field]), 0n)
  const calls = (list: Fact[]) => list.reduce((total, { a }) => total + Number(a.calls), 0)
  const day = ({ at }: Fact) => Math.floor(at / 86_400)
  const ask = (address: Hex, abi: Abi, functionName: string, ...args: unknown[]) =>
    // biome-ignore lint/suspicious/noExplicitAny: any contract's answer.
    readContract(client, { address, abi, functionName, args }) as Promise<any>

  const created = of('providerRegistry', 'OfferCreated')
  const closed = of('providerRegistry', 'OfferClosed')
  const settled = of('escrow', 'Settled')
  const direct = of('escrow', 'OfferPaid')
  const isClosed = (id: Hex) => closed.some(({ a }) => a.offerId === id)
  const offerOf = (id: Hex) => created.find(({ a }) => a.offerId === id)?.a
  const sums = (mine: (offer: Fact['a']) => boolean) => {
    const [offers, sales] = [created.filter(({ a }) => mine(a)), settled.filter(({ a }) => mine(offerOf(a.offerId)))]
    const paid = direct.filter(({ a }) => mine(offerOf(a.offerId)))
    return {
      counts: { offers: offers.length, open_offers: offers.filter(({ a }) => !isClosed(a.offerId)).length },
      money: { settled: sum(sales, 'paid'), calls: calls(sales), direct: sum(paid, 'amount') },
      payers: new Set(sales.map(({ a }) => a.payer)).size,
    }
  }

  const models = await Promise.all(
    of('modelRegistry', 'ModelPublished').map(async ({ a: { modelId: id }, at, block, tx }) => {
      const { counts, money, payers } = sums((offer) => offer.modelId === id)
      const royalty = of('modelRegistry', 'ResaleRoyaltyChanged').findLast(({ a }) => a.modelId === id)?.a
      return {
        ...{ id, owner: lower(await ask(modelRegistry, modelRegistryAbi, 'ownerOf', id)), ...counts, ...money, payers },
        owner_share_ppm: await ask(modelRegistry, modelRegistryAbi, 'ownerSharePpm', id),
        active_version: await ask(modelRegistry, modelRegistryAbi, 'activeVersion', id),
        versions: await ask(modelRegistry, modelRegistryAbi, 'versionCount', id),
        resale_receiver: !royalty || royalty.receiver === zeroAddress ? null : royalty.receiver,
        ...{ resale_fee_bps: royalty?.feeBps ?? 0, published_at: at, block, tx },
      }
    }),
  )
  const versions = of('modelRegistry', 'VersionPublished').map(({ a, at, block, tx }) => {
    const { modelId: model_id, version, card, weights } = a
    return { model_id, version, card, weights, published_at: at, block, tx }
  })
  const providers = await Promise.all(
    of('providerRegistry', 'ProviderRegistered').map(async ({ a: { provider: address }, at, block, tx }) => {
      const now = await ask(providerRegistry, providerRegistryAbi, 'getProvider', address)
      const { counts } = sums((offer) => offer.provider === address)
      const lost = of('providerRegistry', 'Slashed').filter(({ a }) => a.provider === address)
      return {
        ...{ address, endpoint: now.endpoint, endpoint_key: now.endpointKey, signer: lower(now.signer) },
        ...{ stake: now.stake, unbonding: now.unbonding, withdrawable_at: now.withdrawableAt || null },
        ...{ slashed: sum(lost, 'paid') + sum(lost, 'burned'), ...counts, registered_at: at, block, tx },
      }
    }),
  )
  const offers = await Promise.all(
    created.map(async ({ a: { offerId: id, offer }, at, block, log_index, tx }) => {
      const replaced = of('providerRegistry', 'OfferReplaced').find(({ a }) => a.offerId === id)
      const collected = sum(
        of('escrow', 'RevenueCollected').filter(({ a }) => a.offerId === id),
        'amount',
      )
      const to_owner = (collected * BigInt(offer.ownerSharePpm)) / 1_000_000n
      const { modelId: model_id, modelVersion: model_version, ownerSharePpm: owner_share_ppm, ...rest } = offer
      const { slashCap: slash_cap, proofKind, unit, ...terms } = rest
      return {
        ...{ ...terms, id, model_id, model_version, owner_share_ppm, slash_cap, unit: UNITS[unit] },
        ...{
          proof_kind: ['attested', 'exact'][proofKind],
          state: replaced ? 'replaced' : isClosed(id) ? 'closed' : 'open',
        },
        ...{
          replaced_by: replaced?.a.replacement ?? null,
          settler: lower(await ask(escrow, escrowAbi, 'settlerOf', id)),
        },
        ...{ ...sums((each) => each.offerId === id).money, collected, to_owner, to_payee: collected - to_owner },
        ...{ created_at: at, closed_at: closed.find(({ a }) => a.offerId === id)?.at ?? null, block, log_index, tx },
      }
    }),
  )
  const locks = await Promise.all(
    [...Map.groupBy(of('escrow', 'Locked'), ({ a }) => `${a.payer} ${a.offerId} ${a.lane}`).keys()].map(async (key) => {
      const [payer = '', offer_id, lane = ''] = key.split(' ')
      const { locked, lockedUntil } = await ask(escrow, escrowAbi, 'getChannel', payer, offer_id, BigInt(lane))
      return { payer, offer_id, lane, locked, locked_until: lockedUntil || null }
    }),
  )
  const deposits = await Promise.all(
    [...new Set(of('escrow', 'Deposited').map(({ a }) => a.payer))].map(async (payer: Hex) => {
      const now = await ask(escrow, escrowAbi, 'getAccount', payer)
      const mine = (name: string) => of('escrow', name).filter(({ a }) => a.payer === payer)
      const locked = locks.reduce((total, lock) => total + (lock.payer === payer ? BigInt(lock.locked) : 0n), 0n)
      const announced = { withdrawal_amount: now.withdrawalAmount, withdrawable_at: now.withdrawableAt || null }
      const flows = { deposited: sum(mine('Deposited'), 'amount'), withdrawn: sum(mine('Withdrawn'), 'amount') }
      const spent = { settled: sum(mine('Settled'), 'paid'), calls: calls(mine('Settled')) }
      return { payer, balance: now.balance, locked, ...announced, ...flows, ...spent }
    }),
  )
  const MOVES: Record<string, string> = {
    Deposited: 'deposited',
    Withdrawn: 'withdrawn',
    Locked: 'locked',
    Unlocked: 'unlocked',
  }
  const deposit_moves = of('escrow', 'WithdrawalRequested', ...Object.keys(MOVES)).map((fact) => {
    const { payer, amount, offerId, lane, to, withdrawableAt } = fact.a
    const kind = MOVES[fact.name] ?? (withdrawableAt === 0 ? 'cancelled' : 'announced')
    return {
      ...logRow(fact),
      payer,
      kind,
      amount,
      offer_id: offerId ?? null,
      lane: lane ?? null,
      recipient: to ?? null,
    }
  })
  const sale = ({ a: { offerId } }: Fact) => {
    const { provider, modelId: model_id } = offerOf(offerId)
    return { offer_id: offerId, provider, model_id }
  }
  const settlements = settled.map((fact) => {
    const { payer, lane, paid, settled: total, calls: made } = fact.a
    const { modelVersion: model_version } = offerOf(fact.a.offerId).offer
    const { sender } = fact
    return { ...logRow(fact), ...sale(fact), model_version, payer, lane, paid, settled: total, calls: made, sender }
  })
  const signed = of('offerPayments', 'PaymentSettled')
  const unsigned = await Promise.all(
    direct.map(async (fact) => {
      const { offerId, from: payer, amount } = fact.a
      const isAccount = payer === lower(await ask(offerPayments, offerPaymentsAbi, 'accountOf', offerId))
      // What an offer's account pays in are the signed transfers since it last did, and what came there otherwise.
      const alike = ({ tx, a }: Fact) => tx === fact.tx && a.offerId === offerId
      const since = direct.findLast((each) => alike(each) && each.a.from === payer && each.log_index < fact.log_index)
      const passed = signed.filter(
        (each) => alike(each) && each.log_index < fact.log_index && each.log_index > (since?.log_index ?? -1),
      )
      return { fact, payer, nonce: null, amount: amount - (isAccount ? sum(passed, 'amount') : 0n) }
    }),
  )
  const paid = [
    ...signed.map((fact) => ({ fact, payer: fact.a.payer, nonce: fact.a.nonce, amount: fact.a.amount })),
    ...unsigned.filter(({ amount }) => amount > 0n),
  ]
  const spending = [
    ...settled.map((fact) => ({ fact, payer: fact.a.payer, paid: fact.a.paid, calls: fact.a.calls })),
    ...paid.map(({ fact, payer, amount }) => ({ fact, payer, paid: amount, calls: 0 })),
  ]
  const daily_spending = [...Map.groupBy(spending, ({ fact, payer }) => `${day(fact)} ${payer} ${fact.a.offerId}`)].map(
    ([, list]) => {
      const [{ fact, payer }] = list as [(typeof list)[0]]
      const paid = list.reduce((total, each) => total + each.paid, 0n)
      const made = list.reduce((total, each) => total + each.calls, 0)
      return { day: day(fact), payer, ...sale(fact), paid, calls: made, settlements: list.length }
    },
  )
  const buyers = [...Map.groupBy(settled, ({ a }) => `${offerOf(a.offerId).modelId} ${a.payer}`)].map(([key, list]) => {
    const [model_id, payer] = key.split(' ')
    return { model_id, payer, first_at: list[0]?.at }
  })
  const collections = of('revenueSink', 'RevenueCollected', 'RevenueCredited')
  const credits = collections.flatMap((fact, i) => {
    if (fact.name === 'RevenueCollected') return []
    const { account, amount, offerId } = fact.a
    // Of two credits the first is the owner's. Of one, whose it is depends on whether the owner has a share that is not zero.
    const before = collections.slice(0, i).filter(({ name, a }) => name === 'RevenueCollected' && a.offerId === offerId)
    const ppm = BigInt(offerOf(offerId).offer.ownerSharePpm)
    const total = sum(before, 'amount')
    const earlier = total - BigInt(before.at(-1)?.a.amount ?? 0n)
    const share = (total * ppm) / 1_000_000n - (earlier * ppm) / 1_000_000n
    const first = collections[i - 1]?.name === 'RevenueCollected'
    const { model_id } = sale(fact)
    return [
      { ...logRow(fact), offer_id: offerId, model_id, account, role: first && share > 0n ? 'owner' : 'payee', amount },
    ]
  })
  const daily_earnings = [
    ...Map.groupBy(
      credits,
      ({ at, offer_id, account, role }) => `${Math.floor(at / 86_400)} ${offer_id} ${account} ${role}`,
    ),
  ].map(([, list]) => {
    const [{ at, offer_id, account, role, model_id }] = list as [(typeof list)[0]]
    const amount = list.reduce((total, each) => total + each.amount, 0n)
    return { day: Math.floor(at / 86_400), offer_id, account, role, model_id, amount }
  })
  const daily_payers = [...Map.groupBy(spending, ({ fact, payer }) => `${day(fact)} ${payer}`)].map(([key, list]) => {
    const [on = '', payer] = key.split(' ')
    return { day: Number(on), payer, paid: list.reduce((total, each) => total + each.paid, 0n) }
  })
  const ofModels = [
    ...spending.map(({ fact, paid }) => ({ at: fact.at, model_id: sale(fact).model_id, paid, credited: 0n })),
    ...credits.map(({ at, model_id, amount }) => ({ at, model_id, paid: 0n, credited: amount })),
  ]
  const daily_models = [...Map.groupBy(ofModels, ({ at, model_id }) => `${Math.floor(at / 86_400)} ${model_id}`)].map(
    ([key, list]) => {
      const [on = '', model_id] = key.split(' ')
      const total = (part: 'paid' | 'credited') => list.reduce((wei, each) => wei + BigInt(each[part]), 0n)
      return { day: Number(on), model_id, paid: total('paid'), credited: total('credited') }
    },
  )
  const earnings = await Promise.all(
    [...new Set(credits.map(({ account }) => account as Hex))].map(async (account) => {
      const withdrawn = sum(
        of('revenueSink', 'RevenueWithdrawn').filter(({ a }) => a.account === account),
        'amount',
      )
      const credited = withdrawn + (await ask(revenueSink, revenueSinkAbi, 'balanceOf', account))
      return { account, credited, withdrawn }
    }),
  )
  const transfers = [
    ...of('modelRegistry', 'Transfer').map((fact) => ({
      ...{
        ...logRow(fact),
        kind: 'model',
        sender: fact.a.from,
        recipient: fact.a.to,
        amount: 1n,
        model_id: fact.a.tokenId,
      },
    })),
    ...of('token', 'Transfer').map((fact) => ({
      ...{
        ...logRow(fact),
        kind: 'token',
        sender: fact.a.from,
        recipient: fact.a.to,
        amount: fact.a.value,
        model_id: null,
      },
    })),
  ]
  const slashes = of('providerRegistry', 'Slashed').map((fact) => {
    const { receiptDigest: receipt_digest, provider, beneficiary, paid, burned } = fact.a
    const { offer_id, model_id } = sale(fact)
    return { ...logRow(fact), receipt_digest, provider, beneficiary, offer_id, model_id, paid, burned }
  })
  const ends = of('arbiter', 'Convicted', 'Dismissed')
  const verdicts = ends.map((fact) => {
    const { game, receiptDigest, subject, challenger, ground, taken = 0n, burned = 0n } = fact.a
    const convicted = fact.name === 'Convicted'
    const row = { game_id: game || null, receipt_digest: receiptDigest ?? subject, challenger, convicted }
    return { ...logRow(fact), ...row, ground: convicted ? GROUNDS[ground] : null, taken, burned }
  })
  const played = facts.filter(({ contract, a }) => contract === 'arbiter' && 'game' in a && a.game !== 0n)
  const games = of('arbiter', 'Challenged').map(({ a, at, block, tx }) => {
    const mine = played.filter((fact) => fact.a.game === a.game)
    const state = mine.findLast((fact) => 'state' in fact.a)?.a.state
    const end = ends.find((fact) => fact.a.game === a.game)
    const convicted = end?.name === 'Convicted'
    return {
      ...{ id: a.game, receipt_digest: a.receiptDigest, offer_id: a.receipt.offerId, payer: a.receipt.payer },
      ...{ model_id: offerOf(a.receipt.offerId).modelId, provider: a.provider, challenger: state.challenger },
      ...{ status: end ? (convicted ? 'convicted' : 'dismissed') : 'on', phase: end ? 'over' : PHASES[state.phase] },
      ...{ since: state.since, seller_left: state.sellerLeft, challenger_left: state.challengerLeft },
      ...{ entries: state.entries, moves: mine.length, ground: convicted ? GROUNDS[end.a.ground] : null },
      ...{ taken: convicted ? end.a.taken : null, burned: convicted ? end.a.burned : null },
      ...{ opened_at: at, ended_at: end?.at ?? null, block, tx },
    }
  })
  const moves = played.map((fact, i) => {
    const { game, state } = fact.a
    const shown = [
      'phase',
      'entries',
      'entry',
      'node',
      'node_index',
      'below',
      'element',
      'seller_left',
      'challenger_left',
    ]
    const values = state && [
      ...[PHASES[state.phase], state.entries, state.entry, state.node, state.index, state.below, state.element],
      ...[state.sellerLeft, state.challengerLeft],
    ]
    const number = played.slice(0, i + 1).filter(({ a }) => a.game === game).length
    const kind = `${fact.name[0]?.toLowerCase()}${fact.name.slice(1)}`
    const columns = Object.fromEntries(shown.map((name, n) => [name, values?.[n] ?? null]))
    return { ...logRow(fact), game_id: game, number, kind, sender: fact.sender, ...columns }
  })
  const payments = paid.map(({ fact, ...row }) => ({ ...logRow(fact), ...sale(fact), ...row }))
  const events = facts.map((fact) => {
    const { contract, name, sender } = fact
    return { ...logRow(fact), contract, name, sender }
  })
  return {
    ...{
      models,
      versions,
      providers,
      offers,
      slashes,
      deposits,
      deposit_moves,
      locks,
      settlements,
    },
    ...{ payments, buyers, daily_spending, daily_payers, daily_models, credits, earnings, daily_earnings, transfers },
    ...{ games, moves, verdicts, events },
  }
}

/** Addresses as the index has them. */
function lower(value: unknown): unknown {
  if (typeof value === 'string') return value.startsWith('0x') ? value.toLowerCase() : value
  if (Array.isArray(value)) return value.map(lower)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, lower(inner)]))
}
