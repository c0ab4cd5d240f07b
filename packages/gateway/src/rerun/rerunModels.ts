import { type Model, openModelInProcess } from '@stoa/engine/inference'
import type { Tensor } from '@stoa/protocol'
import { RerunTooLongError } from '../errors.ts'
import type { ListedModel } from '../market/market.ts'
import { keyOf } from './boughtAnswer.ts'

/** Opened models that are kept for the next answer; more would hold memory that nothing asks for. */
const MAX_OPEN = 2

/** Milliseconds for opening a model, if it is not open, and one answer; a model that takes longer is not computed again. */
const RERUN_MS = 120_000

export type RerunModels = {
  isOpen(model: ListedModel): boolean
  /** The answer as it is computed here. Throws `RerunTooLongError`, and what opening and running throw. */
  run(model: ListedModel, files: Readonly<Record<string, string>>, request: readonly Tensor[]): Promise<Tensor[]>
  /** Kills all processes. */
  close(): void
}

type Opened = { model: Promise<Model>; ending: AbortController }

export type RerunModelsParameters = { open?: typeof openModelInProcess; rerunMs?: number }

/** Models of other people, each in a process of its own with limits, which ends with the first answer that takes too long. */
export function rerunModels({
  open = openModelInProcess,
  rerunMs = RERUN_MS,
}: RerunModelsParameters = {}): RerunModels {
  const opened = new Map<string, Opened>()
  const end = (key: string, reason: unknown) => {
    const own = opened.get(key)
    opened.delete(key)
    own?.ending.abort(reason)
  }
  const take = (listed: ListedModel, files: Readonly<Record<string, string>>): Opened => {
    const key = keyOf(listed)
    const { task, profile } = listed.card
    const ending = new AbortController()
    const start = (): Opened => {
      const limits = { openMs: rerunMs, runMs: rerunMs, signal: ending.signal }
      const model = open({ task, files, ...(profile && { profile }) }, limits)
      model.catch(() => {
        if (opened.get(key)?.model === model) opened.delete(key)
      })
      return { model, ending }
    }
    const own = opened.get(key) ?? start()
    // Last in the map: the first is the one that was not asked for longest.
    opened.delete(key)
    opened.set(key, own)
    for (const oldest of opened.keys()) if (opened.size > MAX_OPEN) end(oldest, new Error('another is asked for'))
    return own
  }
  return {
    isOpen: (model) => opened.has(keyOf(model)),
    async run(model, files, request) {
      const { model: opening } = take(model, files)
      const tooLong = () => end(keyOf(model), new RerunTooLongError(model.name, rerunMs))
      const timer = setTimeout(tooLong, rerunMs)
      try {
        return await (await opening).run(request)
      } finally {
        clearTimeout(timer)
      }
    },
    close() {
      for (const key of [...opened.keys()]) end(key, new Error('the gateway closes'))
    },
  }
}
