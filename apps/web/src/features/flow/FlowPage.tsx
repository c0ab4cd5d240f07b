import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useModelNames, useNames } from '../../data/names.ts'
import { dayOf } from '../../lib/days.ts'
import { useNow } from '../../lib/useNow.ts'
import { titleOf } from '../../routes/navigation.ts'
import { Empty } from '../../ui/Empty.tsx'
import { Page } from '../../ui/Page.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { Select } from '../../ui/Select.tsx'
import { Skeleton } from '../../ui/Skeleton.tsx'
import { FlowPicture } from './FlowPicture.tsx'
import { FlowTable } from './FlowTable.tsx'
import { flowQuery } from './flowQuery.ts'
import { DEFAULT_PERIOD, PERIODS, type Period } from './flowSearch.ts'
import { pictureOf } from './pictureOf.ts'

const route = getRouteApi('/flow')

const OPTIONS = Object.fromEntries(Object.entries(PERIODS).map(([name, { words }]) => [name, words])) as Readonly<
  Record<Period, string>
>

/** Who was paid for what. */
export function FlowPage() {
  const { period = DEFAULT_PERIOD } = route.useSearch()
  const navigate = route.useNavigate()
  const { data: flows, error, refetch } = useQuery(flowQuery(period, dayOf(useNow())))
  const picture = useMemo(() => flows && pictureOf(flows), [flows])
  const [accounts, models] = [useNames(), useModelNames()]
  const names = useMemo(() => ({ accounts, models }), [accounts, models])
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
