import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { createGateway, type GatewayEvent, type Provider, type StoaGateway } from '@stoa/gateway'
import { BaseError, chargeFor, formatAmount, type Hex, parseAmount, type Tensor, unitsOfRequest } from '@stoa/protocol'
import { CommandError } from '../errors.ts'
import type { Printer } from '../output/printer.ts'
import { builtInRequests, readRequests, type WatchRequest } from '../watch/requests.ts'
import { spentSince } from '../watch/spentSince.ts'
import { openWatchHome } from '../watch/watchHome.ts'
import { type Context, requireConfig } from './context.ts'

export type WatchOptions = {
  /** File or folder of what to ask; by default things to ask the judged models that ship with Stoa. */
  requests?: string
  /** Calls a day, on average; they come at random times. */
  perDay: number
  /** Most that a day's calls may cost, token units. */
  budget: string
  /** Makes so many calls at once and ends when they, and the disputes that follow from them, are over; 0: never ends. */
  calls: number
}

const DAY_MS = 86_400_000
/** Milliseconds between looks whether what is under way has ended. */
const SETTLING_MS = 200

/**
 * Buys calls as any customer does, computes each again, and disputes what is wrong for the reward. Its accounts are its own, its calls go through an ordinary gateway, at
 * random times, to any seller of a judged model: nothing tells it from a customer.
 */
export async function watch({ home, printer }: Context, options: WatchOptions): Promise<void> {
  const config = await requireConfig(home)
  const { deployment, token } = config
  if (!deployment.arbiter) throw new CommandError('Nobody judges answers on this ledger.', { code: 'NO_ARBITER' })
  const budget = parseAmount(options.budget, token)
  const requests = await (options.requests === undefined ? builtInRequests() : readRequests(options.requests))
  const { home: own, payer, sessionKey, disputeKey } = await openWatchHome(home, config, budget)
  const amount = (wei: bigint) => formatAmount(wei, token)
  const gateway = await createGateway({
    ...{ folder: own.gateway, rpcUrl: config.rpcUrl, deployment, durability: config.durability, payer, sessionKey },
    ...{ rerun: { share: 1 }, disputes: { key: disputeKey }, logger: (event) => tell(printer, event) },
  })
  const ending = new AbortController()
  const end = () => ending.abort()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end)
  printer.say(`Watching as ${payer}: ${options.perDay} calls a day, at most ${amount(budget)} a day. ctrl-C ends it.`)
  try {
    await gateway.refresh()
    for (let bought = 0; !ending.signal.aborted && (options.calls === 0 || bought < options.calls); bought++) {
      if (options.calls === 0) await pause(randomWait(options.perDay), ending.signal)
      if (!ending.signal.aborted)
        await buyOne(gateway, { printer, requests, budget, arbiter: deployment.arbiter, amount })
    }
    while (options.calls > 0 && !ending.signal.aborted && isUnderWay(gateway)) await pause(SETTLING_MS, ending.signal)
    printer.result(summary(gateway), toldSummary(gateway, amount))
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, end)
    await gateway.close()
  }
}

type Purchase = {
  printer: Printer
  requests: readonly WatchRequest[]
  budget: bigint
  arbiter: Hex
  amount: (wei: bigint) => string
}

/** Buys one call of a random judged seller that the day's budget still covers. What fails is told, and no more. */
async function buyOne(gateway: StoaGateway, { printer, requests, budget, arbiter, amount }: Purchase): Promise<void> {
  const left = budget - spentSince(gateway, Math.floor(Date.now() / DAY_MS) * 86_400)
  const choice = await choose(gateway, { requests, arbiter, left })
  if (!choice) {
    const words = `no call  nothing that is judged is on offer for the requests and for what is left of the day's ${amount(budget)}`
    return note(printer, { event: 'no-call', leftWei: left }, words)
  }
  const { model, request, provider } = choice
  try {
    const { record, costWei } = await gateway.infer({ model, request, provider: provider.address })
    const bought = { event: 'bought', model, provider: provider.address, costWei, receipt: record.digest }
    note(printer, bought, `bought   ${model} of ${provider.address} for ${amount(costWei)}, receipt ${record.digest}`)
  } catch (error) {
    if (!(error instanceof BaseError)) throw error
    const failed = {
      event: 'no-call',
      model,
      provider: provider.address,
      code: error.code,
      message: error.shortMessage,
    }
    note(printer, failed, `no call  ${model} of ${provider.address}: ${error.shortMessage}`)
  }
}

type Choice = { readonly model: string; readonly provider: Provider; readonly request: readonly Tensor[] }

/**
 * A random one of the judged sellers, whatever it sells, and something to ask it that costs no more than `left` wei. Sellers first, or those of whom more can be asked
 * would be asked more.
 */
async function choose(
  gateway: StoaGateway,
  { requests, arbiter, left }: Pick<Purchase, 'requests' | 'arbiter'> & { left: bigint },
): Promise<Choice | undefined> {
  const judged = gateway.models().flatMap((model) =>
    model.listings.flatMap(({ offer, provider }) => {
      const isJudged = offer.proofKind === 'exact' && offer.arbiter.toLowerCase() === arbiter.toLowerCase()
      const asks = isJudged ? requests.filter(({ fits }) => fits(model)) : []
      return asks.length > 0 ? [{ name: model.name, offer, provider, asks }] : []
    }),
  )
  while (judged.length > 0) {
    const at = randomInt(judged.length)
    const seller = judged[at]
    const [ask] = seller?.asks.splice(randomInt(seller.asks.length), 1) ?? []
    if (seller?.asks.length === 0) judged.splice(at, 1)
    if (!seller || !ask) continue
    const { name: model, provider, offer } = seller
    const request = await ask.tensors(gateway, model).catch((error: unknown) => {
      // Nobody gives its tokenizer, say: something else is asked.
      if (!(error instanceof BaseError)) throw error
      return undefined
    })
    if (request && chargeFor(unitsOfRequest(offer.unit, request).most, offer.price) <= left)
      return { model, provider, request }
  }
  return undefined
}

/** A line for people, or a line of JSON. */
function note(printer: Printer, value: object, words: string): void {
  if (printer.json) printer.result({ at: Math.floor(Date.now() / 1000), ...value })
  else printer.say(`${new Date().toISOString().slice(11, 19)}  ${words}`)
}

function tell(printer: Printer, event: GatewayEvent): void {
  if (event.type === 'rerun') {
    const { model, provider, receipt, outcome, reason } = event
    const words = `again    ${model} of ${provider}: ${outcome}${reason && `, ${reason}`}`
    note(printer, { event: 'rerun', model, provider, receipt, outcome }, words)
  }
  if (event.type === 'dispute' && event.step !== 'wait') {
    const { model, provider, receipt, step, words } = event
    note(printer, { event: 'dispute', model, provider, receipt, step, words }, `dispute  ${model}, ${step}: ${words}`)
  }
}

/** Whether an answer is not yet computed again, or a dispute not over. */
function isUnderWay(gateway: StoaGateway): boolean {
  const { reruns, disputes } = gateway.status()
  const computed = Object.values(reruns).reduce((sum, count) => sum + count, 0)
  return computed < gateway.receipts({ limit: 100 }).receipts.length || (disputes?.open ?? 0) > 0
}

function summary(gateway: StoaGateway) {
  const { reruns, disputes, payer } = gateway.status()
  const won = gateway.disputes().flatMap(({ to_payer, to_challenger }) => [to_payer, to_challenger])
  const wonWei = won.reduce((sum, wei) => sum + BigInt(wei ?? 0), 0n)
  return { payer, spentWei: spentSince(gateway, 0), wonWei, reruns, disputes }
}

function toldSummary(gateway: StoaGateway, amount: (wei: bigint) => string): string {
  const { spentWei, wonWei, reruns, disputes } = summary(gateway)
  const { open = 0, convicted = 0, lost = 0 } = disputes ?? {}
  return [
    `Spent on calls: ${amount(spentWei)}. Computed again: ${reruns.same} the same, ${reruns.different} different, ${reruns.failed} not possible here.`,
    `Disputes: ${convicted} convicted, ${lost} lost, ${open} under way. Won: ${amount(wonWei)}.`,
  ].join('\n')
}

/** Time to the next call, milliseconds: exponential, as of calls that know nothing of each other. */
const randomWait = (perDay: number): number => (-Math.log(1 - randomInt(2 ** 47) / 2 ** 47) * DAY_MS) / perDay

/** Longest that one timer can wait. */
const MOST_MS = 2 ** 31 - 1

const pause = (milliseconds: number, signal: AbortSignal): Promise<unknown> =>
  sleep(Math.min(milliseconds, MOST_MS), undefined, { signal }).catch(() => undefined)
