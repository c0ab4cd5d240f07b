import { encodeTensors, type Tensor, tensorsDigest } from '@stoa/protocol'
import type { Logger } from '../logger.ts'
import type { Health } from '../market/health.ts'
import type { ListedModel } from '../market/market.ts'
import type { KeptReceipt } from '../store/receiptTable.ts'
import type { RerunModels } from './openForRerun.ts'
import { chanceOf, type RerunPolicy } from './policy.ts'
import type { RerunTable } from './rerunTable.ts'

/** Answers that wait to be computed again; the memory of their requests is all that they cost until then. */
const MAX_WAITING = 32

/** A bought answer with what it takes to compute it again. */
export type BoughtAnswer = {
  model: ListedModel
  request: readonly Tensor[]
  response: readonly Tensor[]
  record: KeptReceipt
}

/** Computes a random share of exact answers again, on the side: the caller has its answer already. */
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
  health: Pick<Health, 'distrust'>
  logger: Logger
  /** A number from 0 to 1 that nobody else can foresee. */
  random: () => number
}

export function createRerunner(parameters: CreateRerunnerParameters): Rerunner {
  const { policy, models, random } = parameters
  const waiting: BoughtAnswer[] = []
  let working: Promise<void> | undefined
  let closed = false

  const work = async () => {
    for (let next = waiting.shift(); next && !closed; next = waiting.shift()) await rerun(parameters, next)
    working = undefined
  }
  return {
    consider(answer) {
      const { card } = answer.model
      if (closed || !card.profile || waiting.length >= MAX_WAITING) return
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

async function rerun(parameters: CreateRerunnerParameters, { model, request, response, record }: BoughtAnswer) {
  const { models, table, health, logger } = parameters
  const { digest: receipt, provider } = record
  const tell = (outcome: 'same' | 'different' | 'failed', reason: string) =>
    logger({ type: 'rerun', model: model.name, provider, receipt, outcome, reason })
  try {
    const own = await (await models.open(model)).run(request)
    if (tensorsDigest(own) === record.receipt.responseDigest) {
      table.insert({ receipt, outcome: 'same', reason: '' })
      return tell('same', '')
    }
    const reason = `"${differing(own, response)}" is not what ${model.name} computes`
    const call = { request: encodeTensors(request), answer: encodeTensors(response), own: encodeTensors(own) }
    table.insert({ receipt, outcome: 'different', reason, ...call })
    health.distrust(provider, `an exact answer was computed again: ${reason}`)
    tell('different', reason)
  } catch (error) {
    // What this machine cannot compute says nothing about the seller.
    const reason = error instanceof Error ? error.message : String(error)
    table.insert({ receipt, outcome: 'failed', reason })
    tell('failed', reason)
  }
}

/** Name of the first tensor that is not the same. */
function differing(own: readonly Tensor[], theirs: readonly Tensor[]): string {
  const same = (a: Tensor, b: Tensor | undefined) => b && tensorsDigest([a]) === tensorsDigest([b])
  return own.find((tensor, i) => !same(tensor, theirs[i]))?.name ?? theirs[own.length]?.name ?? ''
}
