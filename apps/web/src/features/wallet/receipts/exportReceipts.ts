import { type Receipt, type ReceiptFilter, readReceipts } from '../../../data/receipts.ts'
import { toCsv } from './toCsv.ts'

export type Format = 'csv' | 'json'

/** As many as the gateway gives at once. */
const PAGE = 100

/** Members of a receipt that a table has, in its order; those of the wire are in JSON only. */
const COLUMNS = [
  ...['answered_at', 'digest', 'model', 'provider', 'proof_kind', 'units', 'charge', 'offer_id', 'payer', 'lane'],
  ...['charged_cumulative', 'voucher_cumulative', 'requested_at', 'weights_digest', 'request_digest'],
  ...['response_digest', 'signature', 'rerun', 'dispute'],
] as const satisfies readonly (keyof Receipt)[]

/** Reads all receipts of a filter, page by page, and makes a file of them. `tell` hears how many there are so far. */
export async function exportReceipts(
  filter: ReceiptFilter,
  format: Format,
  { tell, signal }: { tell: (count: number) => void; signal: AbortSignal },
): Promise<Blob> {
  const all: Receipt[] = []
  let after: string | undefined
  do {
    const page = await readReceipts(filter, { limit: PAGE, signal, ...(after && { after }) })
    all.push(...page.data)
    tell(all.length)
    after = page.next ?? undefined
  } while (after)
  if (format === 'json') return new Blob([`${JSON.stringify(all, inText, 2)}\n`], { type: 'application/json' })
  const rows = all.map((receipt) => COLUMNS.map((name) => cell(receipt, name)))
  return new Blob([toCsv([COLUMNS, ...rows])], { type: 'text/csv' })
}

/** Wei are decimal strings, as the gateway sends them: a number of JSON would round them. */
function inText(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}

function cell(receipt: Receipt, name: keyof Receipt): string {
  if (name === 'dispute') return receipt.dispute?.state ?? ''
  if (name === 'answered_at' || name === 'requested_at') return new Date(receipt[name] * 1000).toISOString()
  return String(receipt[name] ?? '')
}
