import type { Offer } from '../../data/models.ts'
import { priceOf } from '../../lib/priceOf.ts'
import { formatDuration, formatSpan } from '../../lib/time.ts'
import { Amount } from '../../ui/Amount.tsx'
import { Badge, type Tone } from '../../ui/Badge.tsx'
import { Table } from '../../ui/Table.tsx'
import { AccountLink, Copied, OfferLink } from '../explorer/links.tsx'

const TONES: Readonly<Record<Offer['state'], Tone>> = {
  healthy: 'good',
  resting: 'warn',
  doubted: 'warn',
  distrusted: 'bad',
}

/** Offers in the order in which the gateway asks, with what it saw of each. */
export function Offers({ offers }: { offers: readonly Offer[] }) {
  return (
    <Table
      label="Offers"
      rows={offers}
      keyOf={({ offer_id }) => offer_id}
      columns={[
        {
          name: 'Provider',
          cell: ({ provider }) => (
            <Copied value={provider} what="provider">
              <AccountLink address={provider} />
            </Copied>
          ),
        },
        { name: 'State', cell: ({ state }) => <Badge tone={TONES[state]}>{state}</Badge> },
        {
          name: 'Price',
          isNumber: true,
          cell: ({ price, unit }) => (
            <>
              <Amount {...priceOf(price, unit)} />{' '}
              <span className="text-sm whitespace-nowrap text-muted">per {priceOf(price, unit).per}</span>
            </>
          ),
        },
        {
          name: 'Latency',
          isNumber: true,
          cell: ({ latency_ms: latency }) => (latency ? <Latency {...latency} /> : '–'),
        },
        {
          name: 'Success',
          isNumber: true,
          cell: ({ success_rate: rate }) => (rate === null ? '–' : `${Math.round(rate * 100)} %`),
        },
        { name: 'Your calls', isNumber: true, cell: ({ calls }) => calls },
        { name: 'Keeps requests', cell: ({ retention_seconds: seconds }) => keptFor(seconds) },
        {
          name: 'Offer',
          cell: ({ offer_id }) => (
            <Copied value={offer_id} what="offer">
              <OfferLink id={offer_id} />
            </Copied>
          ),
        },
      ]}
    />
  )
}

function Latency({ p50, p95 }: { p50: number; p95: number }) {
  return (
    <>
      {formatDuration(p50)}{' '}
      <span className="block text-sm whitespace-nowrap text-muted">slowest 5 %: {formatDuration(p95)}</span>
    </>
  )
}

/** What the seller's terms promise; a promise is all it is. */
function keptFor(seconds: number | null): string {
  if (seconds === null) return 'no promise'
  return seconds === 0 ? 'not at all' : `${formatSpan(seconds)} at most`
}
