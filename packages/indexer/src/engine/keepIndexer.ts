import { setTimeout as sleep } from 'node:timers/promises'
import { BaseError } from '@stoa/protocol'
import { createIndexClient } from '@stoa/sdk/index-client'
import { IndexEndedError } from './errors.ts'
import { beginAnew } from './generation.ts'
import type { StartIndexerParameters } from './parameters.ts'
import { type RunningIndexer, startIndexer } from './startIndexer.ts'

/** How an index stands. */
export type IndexerState = {
  url: string
  /** `down`: no process, another is started soon. `reading`: it answers, and the chain's past is not all in the tables. */
  state: 'down' | 'starting' | 'reading' | 'ready'
  /** Last block in the tables. */
  block?: number
  /** How often its process ended by itself. */
  ends: number
  /** Why it is down, or was the last time. */
  problem?: string
}

export type KeptIndexer = {
  url: string
  state(): Promise<IndexerState>
  /** Ends the process for good. */
  stop(): Promise<void>
}

/** Milliseconds until a process that ended is followed by another; doubled for each end that follows soon. */
const FIRST_PAUSE = 500
const LONGEST_PAUSE = 30_000
/** Milliseconds after which an index that ends is no longer one that failed to start. */
const LASTING = 60_000
/** Failures in a row after which the tables themselves are taken to be the reason. */
const PATIENCE = 2

/**
 * Keeps an index running: starts it, and again whenever it ends, at longer and longer intervals; tables with which it fails twice are given up,
 * since they come back from the chain. Nobody has to wait for it: whoever asks it can do without.
 */
export function keepIndexer(parameters: StartIndexerParameters): KeptIndexer {
  const stopping = new AbortController()
  const { signal } = stopping
  const url = `http://127.0.0.1:${parameters.port}`
  const client = createIndexClient({ url, timeout: 1_000 })
  let running: RunningIndexer | undefined
  let starting = false
  let ends = 0
  let problem: string | undefined

  const runOnce = async (): Promise<unknown> => {
    starting = true
    try {
      running = await startIndexer({ ...parameters, signal })
      starting = false
      return await running.ended
    } catch (error) {
      return error
    } finally {
      starting = false
      running = undefined
    }
  }
  const keep = async () => {
    let pause = FIRST_PAUSE
    let failures = 0
    while (!signal.aborted) {
      const began = Date.now()
      const why = await runOnce()
      if (signal.aborted) return
      ends++
      problem = why instanceof BaseError ? [why.shortMessage, why.details].filter(Boolean).join(' ') : String(why)
      const lasted = Date.now() - began > LASTING
      failures = lasted ? 0 : failures + (why instanceof IndexEndedError && why.byItself ? 1 : 0)
      if (failures >= PATIENCE) {
        await beginAnew(parameters.folder)
        failures = 0
      }
      pause = lasted ? FIRST_PAUSE : Math.min(2 * pause, LONGEST_PAUSE)
      await sleep(pause, undefined, { signal }).catch(() => {})
    }
  }
  const kept = keep()

  return {
    url,
    async state() {
      const told = { url, ends, ...(problem !== undefined && { problem }) }
      if (!running) return { ...told, state: starting ? 'starting' : 'down' }
      const status = await client.status().catch(() => undefined)
      if (!status) return { ...told, state: 'reading' }
      return { ...told, state: status.ready ? 'ready' : 'reading', block: status.block }
    },
    async stop() {
      stopping.abort()
      await kept
    },
  }
}
