import type { Hex } from '@stoa/protocol'
import type { ReactNode } from 'react'
import { When } from '../../ui/When.tsx'
import { BlockLink, TransactionLink } from './links.tsx'

type LedgerLineProps = {
  tx: Hex
  /** Unix seconds. */
  at: number
  block?: number
  children: ReactNode
}

/** Something that happened on the ledger, with where and when. */
export function LedgerLine({ tx, at, block, children }: LedgerLineProps) {
  return (
    <div className="flex flex-wrap items-baseline gap-x-4 gap-y-0.5 px-4 py-2.5">
      <span className="min-w-0 grow basis-80">{children}</span>
      <span className="flex flex-wrap items-baseline gap-x-3 text-sm text-muted">
        {block !== undefined && (
          <span>
            block <BlockLink number={block} />
          </span>
        )}
        <TransactionLink hash={tx} />
        <span className="lg:w-28 lg:text-right">
          <When at={at} />
        </span>
      </span>
    </div>
  )
}
