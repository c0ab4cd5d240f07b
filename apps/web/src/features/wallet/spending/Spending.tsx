import type { Address } from '@stoa/protocol'
import { spendByDay } from '@stoa/sdk/index-client'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useMemo } from 'react'
import { indexed } from '../../../data/indexed.ts'
import { useModelNames } from '../../../data/names.ts'
import { dayOf } from '../../../lib/days.ts'
import { useNow } from '../../../lib/useNow.ts'
import { Amount } from '../../../ui/Amount.tsx'
import { chartColor } from '../../../ui/chartColors.ts'
import { Empty } from '../../../ui/Empty.tsx'
import { Problem } from '../../../ui/Problem.tsx'
import { Section } from '../../../ui/Section.tsx'
import { Select } from '../../../ui/Select.tsx'
import { Skeleton } from '../../../ui/Skeleton.tsx'
import { SumTable } from '../../../ui/SumTable.tsx'
import { Words } from '../../../ui/Words.tsx'
import { DEFAULT_DAYS, PERIODS } from '../walletSearch.ts'
import { SpendChart } from './SpendChart.tsx'
import { type Series, type Spending as SpendingOf, spendingSeries } from './spendingSeries.ts'

const route = getRouteApi('/wallet')

const OPTIONS = { 7: 'Last 7 days', 30: 'Last 30 days', 90: 'Last 90 days' }
/** Models with a colour of their own. */
const MOST_SERIES = 5

/** What was settled from a deposit, by day and model. */
export function Spending({ payer }: { payer: Address }) {
  const { days = DEFAULT_DAYS } = route.useSearch()
  const navigate = route.useNavigate()
  const to = dayOf(useNow())
  const from = to - days + 1
  const { data, error, refetch } = useQuery(indexed(spendByDay({ payer, from, to })))
  const spending = useMemo(() => data && spendingSeries(data, from, to, MOST_SERIES), [data, from, to])
  const period = (
    <Select
      label="Period"
      options={OPTIONS}
      value={`${days}` as `${typeof days}`}
      onChange={(text) => {
        const chosen = PERIODS.find((each) => each === Number(text))
        void navigate({
          search: (before) => ({ ...before, days: chosen === DEFAULT_DAYS ? undefined : chosen }),
          resetScroll: false,
        })
      }}
    />
  )
  return (
    <Section title="Spending" aside={period}>
      {error && !data && <Problem error={error} onRetry={() => void refetch()} />}
      {!spending && !error && <Skeleton className="panel h-72" />}
      {spending && spending.total === 0n && (
        <Empty icon="flow" title="Nothing was settled in this time">
          Sellers settle what they sold in batches, minutes after the call. What is promised and not settled yet stands
          above; each call has a receipt below.
        </Empty>
      )}
      {spending && spending.total > 0n && (
        <div className="panel grid gap-6 px-4 py-4 lg:grid-cols-[minmax(0,1fr)_22rem]">
          <SpendChart spending={spending} />
          <Totals spending={spending} />
        </div>
      )}
    </Section>
  )
}

function Totals({ spending: { series, total, calls } }: { spending: SpendingOf }) {
  const names = useModelNames()
  const nameOf = ({ modelId }: Series) =>
    modelId === undefined ? 'All others' : <Words text={names.get(`${modelId}`) ?? `Model ${modelId}`} most={40} />
  return (
    <SumTable
      caption={<caption className="sr-only">Spending by model in this time</caption>}
      rows={series.map((each, i) => ({ ...each, color: chartColor(each.modelId === undefined ? -1 : i) }))}
      keyOf={({ key }) => key}
      columns={[
        {
          name: 'Model',
          cell: (each) => (
            <>
              <svg viewBox="0 0 10 10" aria-hidden="true" className="mr-2 inline-block size-2.5">
                <rect width="10" height="10" rx="2" fill={each.color} />
              </svg>
              {nameOf(each)}
            </>
          ),
        },
        { name: 'Calls', isNumber: true, cell: (each) => each.calls, sum: calls },
        {
          name: 'Settled',
          isNumber: true,
          cell: (each) => <Amount wei={each.total} />,
          sum: <Amount wei={total} />,
        },
      ]}
    />
  )
}
