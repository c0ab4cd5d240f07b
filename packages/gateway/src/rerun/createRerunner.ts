import { BaseError } from '@stoa/protocol'
import type { Logger } from '../logger.ts'
import type { Health } from '../market/health.ts'
import { type BoughtAnswer, bytesOf, keyOf } from './boughtAnswer.ts'
import type { FetchWeights } from './fetchWeights.ts'
import { type Audits, type Finding, judgeRerun } from './judgeRerun.ts'
import { chanceOf, type RerunPolicy } from './policy.ts'
import type { RerunModels } from './rerunModels.ts'
import type { RerunTable } from './rerunTable.ts'
import { type Wait, weightsWait } from './weightsWait.ts'

/** Answers that wait for their turn, and their bytes; those that would be more are not computed again. */
const MAX_QUEUED = 32
const MAX_QUEUED_BYTES = 256 << 20

/** Computes a random share of answers again, on the side: the caller has its answer already. */
export type Rerunner = {
  /** Perhaps takes up an answer; for certain where something is wrong with it already. Never throws. */
  consider(answer: BoughtAnswer, certain?: boolean): void
  /** Resolves when nothing is under way: what waits for weights that somebody withholds is not waited for. */
  idle(): Promise<void>
  /** Drops what waits, and ends what is under way without waiting for it. Nothing is written any more. */
  close(): void
}

export type CreateRerunnerParameters = {
  policy: RerunPolicy
  fetchWeights: FetchWeights
  models: RerunModels
  table: RerunTable
  health: Pick<Health, 'distrust' | 'doubt'>
  logger: Logger
  /** A number from 0 to 1 that nobody else can foresee. */
  random: () => number
  wait: Wait
  /** Told, in one transaction of the store with what is kept of it, of an exact answer that differs, and where its model's files are. */
  onDifferent: (answer: BoughtAnswer, files: Readonly<Record<string, string>>) => void
  /** All of it is kept, or nothing. */
  together: (work: () => void) => void
}

type Queued = { answer: BoughtAnswer; files: Readonly<Record<string, string>> }

export function createRerunner(parameters: CreateRerunnerParameters): Rerunner {
  const { policy, models, table, health, logger, random, onDifferent, together } = parameters
  const queue: Queued[] = []
  const audits: Audits = new Map()
  /** Where the weights are of models that may be open: one that is not is looked at on the disk again. */
  const fetched = new Map<string, Queued['files']>()
  const closing = new AbortController()
  let working: Promise<void> | undefined

  const compute = async ({ answer, files }: Queued): Promise<Finding> => {
    try {
      return judgeRerun({ health, audits }, answer, await models.run(answer.model, files, answer.request))
    } catch (error) {
      const { record, model } = answer
      // By formulas of another graph a contract would judge another answer: the seller sold what nobody can dispute.
      if (record.proofKind === 'exact' && error instanceof BaseError && error.code === 'WRONG_FORMULAS')
        health.distrust(record.provider, `${model.name} commits to formulas that are not its own`)
      // What else this machine cannot compute says nothing about the seller.
      return { outcome: 'failed', reason: error instanceof Error ? error.message : String(error) }
    }
  }
  const conclude = (answer: BoughtAnswer, found: Finding, files: Queued['files'] = {}) => {
    const { model, record } = answer
    const { digest: receipt, provider } = record
    const { outcome, reason } = found
    if (closing.signal.aborted) return
    try {
      together(() => {
        table.insert({ receipt, ...found })
        if (outcome === 'different') onDifferent(answer, files)
      })
      logger({ type: 'rerun', model: model.name, provider, receipt, outcome, reason })
    } catch (error) {
      // A full disk must not end the gateway, nor what is computed again after it.
      logger({ type: 'internal-error', error })
    }
  }
  const work = async () => {
    for (let next = queue.shift(); next && !closing.signal.aborted; next = queue.shift())
      conclude(next.answer, await compute(next), next.files)
    working = undefined
  }
  const enqueue = (answers: readonly BoughtAnswer[], files: Readonly<Record<string, string>>) => {
    let bytes = queue.reduce((sum, { answer }) => sum + bytesOf(answer), 0)
    for (const answer of answers) {
      bytes += bytesOf(answer)
      if (queue.length < MAX_QUEUED && bytes <= MAX_QUEUED_BYTES) queue.push({ answer, files })
    }
    working ??= work()
  }
  const weights = weightsWait({
    ...{ fetchWeights: parameters.fetchWeights, health, logger, wait: parameters.wait, closing: closing.signal },
    onCome(answers, files) {
      for (const { model } of answers) fetched.set(keyOf(model), files)
      enqueue(answers, files)
    },
    onGivenUp(answers, reason) {
      for (const answer of answers) conclude(answer, { outcome: 'failed', reason })
    },
  })
  return {
    consider(answer, certain = false) {
      const { card } = answer.model
      if (closing.signal.aborted || !(card.profile || policy.auditAttested)) return
      if (card.files.reduce((sum, { bytes }) => sum + bytes, 0) > policy.maxWeightsBytes) return
      if (!certain && random() >= chanceOf(policy, answer.record.receipt.charge)) return
      const files = models.isOpen(answer.model) ? fetched.get(keyOf(answer.model)) : undefined
      if (files) enqueue([answer], files)
      else weights.add(answer)
    },
    async idle() {
      for (let next = working ?? weights.asking(); next; next = working ?? weights.asking()) await next
    },
    close() {
      closing.abort(new Error('the gateway closes'))
      models.close()
    },
  }
}
