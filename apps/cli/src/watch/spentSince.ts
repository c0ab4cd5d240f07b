import type { StoaGateway } from '@stoa/gateway'
import type { Hex } from '@stoa/protocol'

/** Wei that a gateway's receipts charge for answers since a unix second. */
export function spentSince(gateway: Pick<StoaGateway, 'receipts'>, since: number): bigint {
  let spent = 0n
  let after: Hex | undefined
  for (;;) {
    const { receipts, hasMore } = gateway.receipts({ limit: 100, ...(after && { after }) })
    for (const { receipt } of receipts) if (receipt.answeredAt >= since) spent += receipt.charge
    const last = receipts.at(-1)
    // Newest first: what is older than the first that is too old is too.
    if (!hasMore || !last || last.receipt.answeredAt < since) return spent
    after = last.digest
  }
}
