import type { Address } from '@stoa/protocol'
import type { Logger } from '../logger.ts'
import type { Health } from '../market/health.ts'
import type { ListedModel } from '../market/market.ts'
import { type BoughtAnswer, bytesOf, keyOf } from './boughtAnswer.ts'
import type { FetchWeights } from './fetchWeights.ts'

/**
 * How much waits for weights: answers of a model and their bytes, models, and bytes of all. Of their own, and with the longest wait giving way to a new one:
 * who withholds weights must not keep the answers of others from being taken up.
 */
const MAX_EACH = 32
const MAX_BYTES_EACH = 64 << 20
const MAX_MODELS = 8
const MAX_BYTES = 192 << 20

/** Pauses between one round of asking and the next, in milliseconds: from ten seconds to an hour, 16 rounds in 7.4 hours. */
const PAUSES = Array.from({ length: 15 }, (_, i) => Math.min(10_000 * 2 ** i, 3_600_000))

/** Resolves after so many milliseconds; rejects when the signal aborts. */
export type Wait = (milliseconds: number, signal: AbortSignal) => Promise<unknown>

export type WeightsWaitParameters = {
  fetchWeights: FetchWeights
  health: Pick<Health, 'doubt'>
  logger: Logger
  wait: Wait
  /** Aborting ends all asking, and forgets what waits. */
  closing: AbortSignal
  /** Told of the answers whose weights have come. */
  onCome: (answers: readonly BoughtAnswer[], files: Readonly<Record<string, string>>) => void
  /** Told of those whose weights nobody gave. */
  onGivenUp: (answers: readonly BoughtAnswer[], reason: string) => void
}

type Waiting = {
  readonly model: ListedModel
  readonly answers: BoughtAnswer[]
  /** Aborted when the weights came, or nobody waits for them any more. */
  readonly ended: AbortController
  /** Why nobody gave them when they were last asked for; empty before. */
  reason: string
}

export type WeightsWait = {
  /** Keeps an answer until its weights are here; without room it is left unchecked. */
  add(answer: BoughtAnswer): void
  /** A round of asking that is under way; undefined if there is none, or only pauses. */
  asking(): Promise<unknown> | undefined
}

/**
 * Brings the weights of answers that are to be computed again. A seller that does not give the weights of what it sold is doubted each time that it is asked
 * in vain: its answers could not be checked by anybody who has them from it alone (specs/audits.md).
 */
export function weightsWait(parameters: WeightsWaitParameters): WeightsWait {
  const { fetchWeights, closing, wait } = parameters
  const waits = new Map<string, Waiting>()
  const rounds = new Set<Promise<unknown>>()

  /** Asks everybody once, and hands the answers on if somebody gives the weights. */
  const ask = async (own: Waiting): Promise<void> => {
    const { answers, model, ended } = own
    const sellers = new Set(answers.map(({ record }) => record.provider))
    const until = AbortSignal.any([closing, ended.signal])
    const { files, withheld, reason } = await fetchWeights(model, sellers, until)
    until.throwIfAborted()
    for (const [provider, why] of withheld) if (sellers.has(provider)) blame(parameters, model.name, provider, why)
    own.reason = reason
    if (!files) return
    ended.abort()
    waits.delete(keyOf(model))
    parameters.onCome(answers, files)
  }
  const giveUp = ({ answers, model, ended, reason }: Waiting) => {
    ended.abort()
    waits.delete(keyOf(model))
    parameters.onGivenUp(answers, reason)
  }
  const bring = async (own: Waiting): Promise<void> => {
    const { signal } = own.ended
    for (const pause of [0, ...PAUSES]) {
      if (pause > 0) await wait(pause, AbortSignal.any([closing, signal]))
      const round = ask(own)
      rounds.add(round)
      await round.finally(() => rounds.delete(round))
      if (signal.aborted) return
    }
    giveUp(own)
  }
  const bytes = () => [...waits.values()].reduce((sum, { answers }) => sum + bytesOfAll(answers), 0)
  /** Whether there is room for so many bytes of a model that waits, or of another one. */
  const makeRoom = (added: number, isNew: boolean): boolean => {
    const isFull = () => bytes() + added > MAX_BYTES || (isNew && waits.size >= MAX_MODELS)
    // Only one that was asked for in vain gives way.
    for (const own of [...waits.values()]) if (isNew && isFull() && own.reason !== '') giveUp(own)
    return !isFull()
  }
  return {
    add(answer) {
      if (closing.aborted) return
      const { model } = answer
      const found = waits.get(keyOf(model))
      const added = bytesOf(answer)
      if (found && (found.answers.length >= MAX_EACH || bytesOfAll(found.answers) + added > MAX_BYTES_EACH)) return
      if (!makeRoom(added, found === undefined)) return
      if (found) return void found.answers.push(answer)
      const own: Waiting = { model, answers: [answer], ended: new AbortController(), reason: '' }
      waits.set(keyOf(model), own)
      bring(own).catch((error) => {
        if (closing.aborted || own.ended.signal.aborted) return
        waits.delete(keyOf(model))
        parameters.logger({ type: 'internal-error', error })
      })
    },
    asking: () => (rounds.size > 0 ? Promise.allSettled(rounds) : undefined),
  }
}

const bytesOfAll = (answers: readonly BoughtAnswer[]): number => answers.reduce((sum, own) => sum + bytesOf(own), 0)

function blame({ health, logger }: WeightsWaitParameters, model: string, provider: Address, reason: string): void {
  health.doubt(provider, `it does not give the weights with which its answers could be checked: ${reason}`)
  logger({ type: 'weights-withheld', model, provider, reason })
}
