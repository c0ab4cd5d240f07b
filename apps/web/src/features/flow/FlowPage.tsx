import { valueFlow } from '@stoa/sdk/index-client'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { indexed } from '../../data/indexed.ts'
import { useModelNames, useNames } from '../../data/names.ts'
import { dayOf } from '../../lib/days.ts'
import { groupDigits } from '../../lib/groupDigits.ts'
import { useNow } from '../../lib/useNow.ts'
import { titleOf } from '../../routes/navigation.ts'
import { Empty } from '../../ui/Empty.tsx'
import { Page } from '../../ui/Page.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { Select } from '../../ui/Select.tsx'
import { Skeleton } from '../../ui/Skeleton.tsx'
import { balanceFlows, gatherOthers } from './balanceFlows.ts'
import { FlowPicture } from './FlowPicture.tsx'
import { FlowTable } from './FlowTable.tsx'
import { DEFAULT_PERIOD, PERIODS, type Period } from './flowSearch.ts'

const route = getRouteApi('/flow')

/** Nodes of a column that are shown apart. */
const MOST_NODES = 10
/** Bands of each kind that the index is asked for: what is smaller than that many others is left out, and said to be. */
const MOST_BANDS = 5_000

const OPTIONS = Object.fromEntries(Object.entries(PERIODS).map(([name, { words }]) => [name, words])) as Readonly<
  Record<Period, string>
>

/** Who was paid for what. */
export function FlowPage() {
  const { period = DEFAULT_PERIOD } = route.useSearch()
  const navigate = route.useNavigate()
  const to = dayOf(useNow())
  const { days } = PERIODS[period]
  const from = days === undefined ? 0 : to - days + 1
  const question = valueFlow({ from, to, limit: MOST_BANDS })
  const { data: flows, error, refetch } = useQuery(indexed(question))
  const picture = useMemo(() => flows && gatherOthers(balanceFlows(flows), MOST_NODES), [flows])
  const [accounts, models] = [useNames(), useModelNames()]
  const names = useMemo(() => ({ accounts, models }), [accounts, models])
  const isCut = flows && flows.length >= MOST_BANDS
  return (
    <Page
      {...titleOf('/flow')}
      aside={
        <Select
          label="Period"
          options={OPTIONS}
          value={period}
          onChange={(chosen) => navigate({ search: { period: chosen === DEFAULT_PERIOD ? undefined : chosen } })}
        />
      }
    >
      {error && !flows && <Problem error={error} onRetry={() => void refetch()} />}
      {!picture && !error && <Skeleton className="panel h-96" />}
      {picture && picture.total === 0n && <NothingFlowed />}
      {picture && picture.total > 0n && (
        <div className="space-y-6">
          <div className="panel px-4 py-4 sm:px-6">
            <FlowPicture picture={picture} names={names} />
          </div>
          <FlowTable picture={picture} names={names} />
          {isCut && (
            <p className="text-muted">
              Only the greatest {groupDigits(`${MOST_BANDS}`)} sums of each kind are counted: smaller ones are left out.
            </p>
          )}
        </div>
      )}
    </Page>
  )
}

function NothingFlowed() {
  return (
    <Empty icon="flow" title="Nothing was settled in this time">
      What is bought shows here when its seller has settled it, minutes later.{' '}
      <Link to="/flow" search={{ period: 'all' }} className="text-accent underline underline-offset-2">
        Look at all that ever was
      </Link>
    </Empty>
  )
}
