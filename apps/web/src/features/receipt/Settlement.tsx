import { getChannel } from '@stoa/sdk'
import { listSettlements } from '@stoa/sdk/index-client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { z } from 'zod'
import { useChain } from '../../data/chain.ts'
import { useHome } from '../../data/home.ts'
import { indexed } from '../../data/indexed.ts'
import type { Receipt } from '../../data/receipts.ts'
import { request } from '../../data/request.ts'
import { Badge } from '../../ui/Badge.tsx'
import { Button } from '../../ui/Button.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { When } from '../../ui/When.tsx'
import { BlockLink, TransactionLink } from '../explorer/links.tsx'

/** Milliseconds between two looks at the ledger for a settlement that has not come yet. */
const LOOK_AGAIN = 2_000

/** Whether the seller has settled the receipt: until then the ledger knows nothing of the call. */
export function Settlement({ receipt }: { receipt: Receipt }) {
  const client = useChain()
  const { deployment, accounts } = useHome()
  const { offer_id: offerId, payer, lane, charged_cumulative: charged } = receipt
  const { data: isSettled } = useQuery({
    queryKey: ['settled', receipt.digest],
    queryFn: async () => (await getChannel(client, { deployment, payer, offerId, lane })).settled >= charged,
    refetchInterval: ({ state }) => (state.data ? false : LOOK_AGAIN),
  })
  const isOurs = receipt.provider.toLowerCase() === accounts.provider.toLowerCase()
  return (
    <section aria-label="Settlement" className="panel flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <h3 className="font-medium">Settlement</h3>
      <span role="status">
        {isSettled === undefined ? null : isSettled ? <Badge tone="good">settled</Badge> : <Badge>waits</Badge>}
      </span>
      {isSettled ? <SettledWhere receipt={receipt} /> : <Waiting isOurs={isOurs} />}
    </section>
  )
}

function Waiting({ isOurs }: { isOurs: boolean }) {
  const settle = useMutation({ mutationFn: () => request('/api/home/settle', z.unknown(), { body: {} }) })
  return (
    <>
      <p className="min-w-0 grow basis-64 text-muted">
        The provider collects many calls and settles them in one transaction. It appears here when it is on the ledger.
      </p>
      {isOurs && (
        <Button disabled={settle.isPending} onClick={() => settle.mutate()}>
          {settle.isPending ? 'Settling' : 'Settle now'}
        </Button>
      )}
      {settle.error && <Problem error={settle.error} />}
    </>
  )
}

/** The transaction that settled it: the first that brought the lane to what it was charged by then. The index may not know it yet. */
function SettledWhere({ receipt }: { receipt: Receipt }) {
  const { offer_id: offerId, payer, lane, charged_cumulative: charged } = receipt
  const { data } = useQuery(indexed(listSettlements({ offerId, payer, lane })))
  const settlement = data?.findLast(({ settled }) => settled >= charged)
  if (!settlement) return <p className="grow text-muted">The ledger has paid the provider for this call.</p>
  return (
    <p className="flex grow flex-wrap items-center gap-x-2 text-muted">
      <When at={settlement.at} /> with {settlement.calls} {settlement.calls === 1 ? 'call' : 'calls'} in transaction{' '}
      <TransactionLink hash={settlement.tx} /> of block <BlockLink number={settlement.block} />
    </p>
  )
}
