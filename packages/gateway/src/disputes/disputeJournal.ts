import type { Logger } from '../logger.ts'
import { describeDispute } from './describeDispute.ts'
import type { Dispute } from './dispute.ts'
import type { DisputeTable } from './disputeTable.ts'
import type { Step } from './pursue.ts'

/** Writes down what becomes of disputes, and tells it. */
export type DisputeJournal = {
  /** What a dispute waits for; told when it is something else than before. */
  wait(dispute: Dispute, words: string): void
  /** What a step came to. Whether there may be more to do at once. */
  record(dispute: Dispute, step: Step): boolean
}

export type DisputeJournalParameters = {
  table: DisputeTable
  logger: Logger
  /** An amount as people read it. */
  amount: (wei: bigint) => string
  /** Told when a dispute has ended, each time that this is seen. */
  onEnd: (dispute: Dispute) => void
}

export function disputeJournal({ table, logger, amount, onEnd }: DisputeJournalParameters): DisputeJournal {
  const tell = (dispute: Dispute, step: string) => {
    const current = table.get(dispute.receipt) ?? dispute
    const { receipt, model, provider } = current
    logger({ type: 'dispute', receipt, model, provider, step, words: describeDispute(current, amount).words })
  }
  const wait = (dispute: Dispute, words: string) => {
    if (table.get(dispute.receipt)?.note === words) return
    table.note(dispute.receipt, words)
    tell(dispute, 'wait')
  }
  return {
    wait,
    record(dispute, step) {
      const { receipt } = dispute
      const over = table.get(receipt)?.outcome !== undefined
      switch (step.did) {
        case 'sent':
          table.note(receipt, '')
          tell(dispute, step.move)
          return true
        case 'waited':
          // A verdict that the chain took back.
          if (over) table.end(receipt, undefined)
          wait(dispute, step.note)
          return false
        case 'ended':
          onEnd(dispute)
          if (!over) {
            table.end(receipt, step.outcome)
            tell(dispute, step.outcome.end)
          }
          return false
      }
    },
  }
}
