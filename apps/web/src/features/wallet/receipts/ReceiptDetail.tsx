import type { Receipt } from '../../../data/receipts.ts'
import { ReceiptView } from '../../receipt/ReceiptView.tsx'

/** A receipt taken apart and checked, what the ledger has of it since, and how a dispute about it stands. */
export function ReceiptDetail({ receipt }: { receipt: Receipt }) {
  const { dispute } = receipt
  return (
    <div className="space-y-3 border-t border-dashed border-line bg-sunken/50 px-4 py-4">
      {dispute && <p>{dispute.words}</p>}
      <ReceiptView receipt={receipt} />
    </div>
  )
}
