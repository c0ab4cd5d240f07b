import type { Hex } from '@stoa/protocol'
import type { ReactNode } from 'react'
import { Hash } from './Hash.tsx'
import { Icon } from './icons.tsx'

/** What a transaction did, told when it is on the ledger. */
export function Transaction({ hash, children }: { hash: Hex; children: ReactNode }) {
  return (
    <p role="status" className="flex flex-wrap items-center gap-x-2 gap-y-1 text-good">
      <Icon name="check" />
      <span>{children}</span>
      <span className="text-muted">
        <Hash value={hash} what="transaction" />
      </span>
    </p>
  )
}
