import { JUDGED_TASKS } from '@stoa/engine/dispute'
import { BaseError, type Hex } from '@stoa/protocol'
import type { ArbiterTerms, Deployment, RpcUrl } from '@stoa/sdk'
import type { Logger } from '../logger.ts'
import type { BoughtAnswer } from '../rerun/boughtAnswer.ts'
import type { KeptReceipt } from '../store/receiptTable.ts'
import type { Dispute } from './dispute.ts'
import { type DisputeChain, openDisputeChain } from './disputeChain.ts'
import { disputeJournal } from './disputeJournal.ts'
import type { DisputeCounts, DisputeTable } from './disputeTable.ts'
import { openPlayers, type Players } from './openPlayers.ts'
import { DEFAULT_DISPUTES, type DisputeParameters } from './policy.ts'
import { pursue } from './pursue.ts'

/** Blocks that a chain may take back. */
const REORG_BLOCKS = 128n
/** Milliseconds for which an ended dispute is looked at again, because the chain may take its verdict back; and between two such looks. */
const AFTERWARDS_MS = 3_600_000
const LOOK_AGAIN_MS = 60_000
/** Moves of one dispute before the next one has its turn. */
const MOVES_IN_A_ROW = 16

export type DisputerStatus = DisputeCounts & {
  account: `0x${string}`
  /** What the account holds, wei, as last read; undefined before. */
  coin: bigint | undefined
  token: bigint | undefined
  /** What disputes wait for, a sentence each. */
  problems: string[]
}

/** Takes what was found wrong to the judge, on the side. */
export type Disputer = {
  /** Takes up an answer that differs from what was computed here. Only writes it down. */
  takeUp(answer: BoughtAnswer, files: Readonly<Record<string, string>>): void
  /** Takes up a receipt that the seller signed for other weights than the ledger's. */
  takeUpWeights(record: Pick<KeptReceipt, 'digest' | 'provider' | 'model' | 'receipt' | 'proofKind'>): void
  /** Looks at all disputes now. Never rejects; calls meanwhile share one look. */
  look(): Promise<void>
  status(): DisputerStatus
  /** Ends what is under way without waiting for it. Nothing is written any more; the chain and the store know how to go on. */
  close(): void
}

export type CreateDisputerParameters = {
  settings: DisputeParameters
  rpcUrl: RpcUrl
  deployment: Deployment
  table: DisputeTable
  logger: Logger
  /** An amount as people read it. */
  amount: (wei: bigint) => string
  now: () => number
  /** Parts that tests replace. */
  chain?: DisputeChain
  players?: Players
}

// Longer than a function should be: one loop, and what it remembers between two looks.
export function createDisputer(parameters: CreateDisputerParameters): Disputer {
  const { rpcUrl, deployment, table, logger, amount, now } = parameters
  const settings = { ...DEFAULT_DISPUTES, ...parameters.settings }
  const { key, patience, mostBonds, moveMs } = settings
  const chain = parameters.chain ?? openDisputeChain({ rpcUrl, deployment, key, patience })
  const players = parameters.players ?? openPlayers({ caseFiles: table.caseFiles, moveMs })
  const closing = new AbortController()
  const looked = new Map<Hex, number>()
  /** Wei that disputes have out whose game has begun. */
  const bonds = new Map<Hex, bigint>()
  let funds: { coin: bigint; token: bigint } | undefined
  /** They never change. */
  let terms: ArbiterTerms | undefined
  let looking: Promise<void> | undefined

  const journal = disputeJournal({
    ...{ table, logger, amount },
    onEnd({ receipt }) {
      bonds.delete(receipt)
      players.release(receipt)
    },
  })

  const pursueOne = async (dispute: Dispute, terms: ArbiterTerms) => {
    const { receipt } = dispute
    for (let moves = 0; moves < MOVES_IN_A_ROW && !closing.signal.aborted; moves++) {
      const current = table.get(receipt) ?? dispute
      const step = await pursue(
        {
          ...{ chain, players, terms, leastReward: settings.leastReward ?? terms.bond, now },
          mostBond: () => BigInt(mostBonds) * terms.bond - outBeside(receipt),
          sending(nonce, bond) {
            if (closing.signal.aborted) throw closing.signal.reason
            bonds.set(receipt, bond)
            table.sending(receipt, nonce)
          },
          playing(game, bond) {
            bonds.set(receipt, bond)
            if (!closing.signal.aborted && game !== current.game) table.playing(receipt, game)
          },
        },
        current,
      )
      if (closing.signal.aborted || !journal.record(current, step)) return
    }
  }
  const outBeside = (receipt: Hex): bigint =>
    [...bonds].reduce((sum, [other, bond]) => (other === receipt ? sum : sum + bond), 0n)
  const isDue = ({ receipt, outcome }: Dispute): boolean => {
    if (!outcome) return true
    // Only what a transaction decided can be taken back.
    const decided = outcome.end !== 'forgone' && outcome.transaction !== undefined
    return decided && now() - (looked.get(receipt) ?? 0) >= LOOK_AGAIN_MS
  }

  const lookAtAll = async () => {
    const due = table.toLookAt(now() - AFTERWARDS_MS).filter(isDue)
    if (due.length === 0) return
    terms ??= await chain.terms()
    const { number } = await chain.newest()
    funds = await chain.funds()
    // Until its game is read, for as much as it took at least.
    for (const { receipt, game, sent, outcome } of due)
      if ((game !== undefined || sent) && !outcome && !bonds.has(receipt)) bonds.set(receipt, terms.bond)
    for (const dispute of due) {
      if (closing.signal.aborted) return
      const { receipt, fromBlock } = dispute
      if (fromBlock === 0n) table.from(receipt, number > REORG_BLOCKS ? number - REORG_BLOCKS : 1n)
      looked.set(receipt, now())
      await pursueOne(dispute, terms).catch((error: unknown) => delayed(dispute, error))
    }
    table.forget(now() - AFTERWARDS_MS)
  }
  /** What went wrong is tried again at the next look: the chain then says how things stand. */
  const delayed = (dispute: Dispute, error: unknown) => {
    if (closing.signal.aborted) return
    if (!(error instanceof BaseError)) logger({ type: 'internal-error', error })
    const words = error instanceof BaseError ? error.shortMessage : 'An error of the gateway held it up.'
    journal.wait(dispute, words)
  }
  const look = () => {
    looking ??= lookAtAll()
      .catch((error: unknown) => {
        if (!closing.signal.aborted) logger({ type: 'chain-unavailable', error })
      })
      .finally(() => {
        looking = undefined
      })
    return looking
  }
  const timer = setInterval(look, settings.interval)
  timer.unref()

  return {
    takeUp({ model, request, response, record: kept }, files) {
      if (closing.signal.aborted || kept.proofKind !== 'exact') return
      const { digest: receipt, provider, receipt: signed } = kept
      const task = JUDGED_TASKS.find((each) => each === model.card.task)
      if (!task) return
      const fresh = { receipt, kind: 'answer', provider, model: model.name, signed } as const
      const call = { task, files, bundle: model.card.files, request, response }
      if (table.insert(fresh, call)) queueMicrotask(() => void look())
    },
    takeUpWeights({ digest: receipt, provider, model, receipt: signed, proofKind }) {
      if (closing.signal.aborted || proofKind !== 'exact') return
      const fresh = { receipt, kind: 'weights', provider, model, signed } as const
      if (table.insert(fresh)) queueMicrotask(() => void look())
    },
    look,
    status() {
      const open = table.toLookAt(now()).filter(({ note }) => note.startsWith('The dispute account'))
      const problems = [...new Set(open.map(({ note }) => note))]
      return { ...table.counts(), account: chain.account, coin: funds?.coin, token: funds?.token, problems }
    },
    close() {
      closing.abort(new Error('the gateway closes'))
      clearInterval(timer)
      players.close()
    },
  }
}
