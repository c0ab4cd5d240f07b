import { isClose, type SequentialState, takeAudit, UNDECIDED } from '@stoa/engine/audit'
import { encodeTensors, type Hex, type Tensor, tensorsDigest } from '@stoa/protocol'
import type { Logger } from '../logger.ts'
import type { Health } from '../market/health.ts'
import type { ListedModel } from '../market/market.ts'
import type { KeptReceipt } from '../store/receiptTable.ts'
import type { RerunModels } from './openForRerun.ts'
import { chanceOf, type RerunPolicy } from './policy.ts'
import type { Rerun, RerunTable } from './rerunTable.ts'

/** Answers that wait to be computed again; the memory of their requests is all that they cost until then. */
const MAX_WAITING = 32

/** Milliseconds for one computation; a model that takes longer is not computed again. */
const RERUN_MS = 120_000

/** A bought answer with what it takes to compute it again. */
export type BoughtAnswer = {
  model: ListedModel
  request: readonly Tensor[]
  response: readonly Tensor[]
  record: KeptReceipt
}

/** Computes a random share of answers again, on the side: the caller has its answer already. */
export type Rerunner = {
  /** Perhaps takes up an answer. Never throws. */
  consider(answer: BoughtAnswer): void
  /** Resolves when nothing waits and nothing is under way. */
  idle(): Promise<void>
  /** Lets what is under way end, drops the rest, and frees the models. */
  close(): Promise<void>
}

export type CreateRerunnerParameters = {
  policy: RerunPolicy
  models: RerunModels
  table: RerunTable
  health: Pick<Health, 'distrust' | 'doubt'>
  logger: Logger
  /** A number from 0 to 1 that nobody else can foresee. */
  random: () => number
}

export function createRerunner(parameters: CreateRerunnerParameters): Rerunner {
  const { policy, models, random } = parameters
  const waiting: BoughtAnswer[] = []
  const audits: Audits = new Map()
  let working: Promise<void> | undefined
  let closed = false

  const work = async () => {
    for (let next = waiting.shift(); next && !closed; next = waiting.shift()) {
      // A full disk must not end the gateway, nor what is computed again after it.
      await rerun(parameters, audits, next).catch((error) => parameters.logger({ type: 'internal-error', error }))
    }
    working = undefined
  }
  return {
    consider(answer) {
      const { card } = answer.model
      if (closed || !(card.profile || policy.auditAttested) || waiting.length >= MAX_WAITING) return
      if (card.files.reduce((sum, { bytes }) => sum + bytes, 0) > policy.maxWeightsBytes) return
      if (random() >= chanceOf(policy, answer.record.receipt.charge)) return
      waiting.push(answer)
      working ??= work()
    },
    async idle() {
      await working
    },
    async close() {
      closed = true
      await working
      await models.close()
    },
  }
}

async function rerun(parameters: CreateRerunnerParameters, audits: Audits, answer: BoughtAnswer): Promise<void> {
  const { models, table, logger } = parameters
  const { digest: receipt, provider } = answer.record
  const found = await compute()
  table.insert({ receipt, ...found })
  const { outcome, reason } = found
  logger({ type: 'rerun', model: answer.model.name, provider, receipt, outcome, reason })

  async function compute(): Promise<Finding> {
    try {
      const own = await (await models.open(answer.model)).run(answer.request, { signal: AbortSignal.timeout(RERUN_MS) })
      return answer.model.card.profile ? compareBits(parameters, answer, own) : audit(parameters, audits, answer, own)
    } catch (error) {
      // What this machine cannot compute says nothing about the seller.
      return { outcome: 'failed', reason: error instanceof Error ? error.message : String(error) }
    }
  }
}

type Finding = Omit<Rerun, 'receipt'>

/** An exact answer is the same or it is wrong. */
function compareBits(
  { health }: CreateRerunnerParameters,
  { model, request, response, record }: BoughtAnswer,
  own: Tensor[],
): Finding {
  if (tensorsDigest(own) === record.receipt.responseDigest) return { outcome: 'same', reason: '' }
  const reason = `"${differing(own, response)}" is not what ${model.name} computes`
  health.distrust(record.provider, `an exact answer was computed again: ${reason}`)
  const call = { request: encodeTensors(request), answer: encodeTensors(response), own: encodeTensors(own) }
  return { outcome: 'different', reason, ...call }
}

/** Tests under way, by provider and weights, with the requests that each has counted. */
type Audits = Map<string, { state: SequentialState; counted: Set<Hex> }>

/** One answer that is not close proves nothing; a share of them that no honest seller has is doubted. */
function audit(
  { health }: CreateRerunnerParameters,
  audits: Audits,
  { model, response, record }: BoughtAnswer,
  own: Tensor[],
): Finding {
  const outcome = isClose(model.card.task, own, response) ? 'close' : 'far'
  const name = `${record.provider} ${model.weightsDigest}`
  const test = audits.get(name) ?? { state: UNDECIDED, counted: new Set<Hex>() }
  const { requestDigest } = record.receipt
  // One page on which honest machines differ, asked for again and again, is one audit.
  if (!test.counted.has(requestDigest)) {
    const state = takeAudit(test.state, outcome === 'close')
    const counted = state.verdict === 'open' ? test.counted.add(requestDigest) : new Set<Hex>()
    audits.set(name, { state, counted })
    const reason = `its answers are not those of ${model.name}, by audit`
    if (state.verdict === 'doubted') health.doubt(record.provider, reason)
  }
  return { outcome, reason: outcome === 'far' ? `not close to what ${model.name} computes here` : '' }
}

/** Name of the first tensor that is not the same. */
function differing(own: readonly Tensor[], theirs: readonly Tensor[]): string {
  const same = (a: Tensor, b: Tensor | undefined) => b && tensorsDigest([a]) === tensorsDigest([b])
  return own.find((tensor, i) => !same(tensor, theirs[i]))?.name ?? theirs[own.length]?.name ?? ''
}
