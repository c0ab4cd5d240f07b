import { listModels } from '@stoa/sdk/index-client'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { indexed } from '../../data/indexed.ts'
import { modelsQuery } from '../../data/models.ts'
import { titleOf } from '../../routes/navigation.ts'
import { Empty } from '../../ui/Empty.tsx'
import { Page } from '../../ui/Page.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { chooseModels, type Uses } from './chooseModels.ts'
import { Filters } from './Filters.tsx'
import { ModelList } from './ModelList.tsx'
import { ModelListSkeleton } from './ModelListSkeleton.tsx'

const route = getRouteApi('/')

/** What can be bought. */
export function MarketPage() {
  const search = route.useSearch()
  const { data: models, error, refetch } = useQuery(modelsQuery)
  const uses = useUses()
  const shown = useMemo(() => chooseModels(models ?? [], search, uses), [models, search, uses])
  return (
    <Page {...titleOf('/')}>
      <div className="space-y-4">
        <Filters count={models && shown.length} of={models?.length} />
        {error && !models && <Problem error={error} onRetry={() => void refetch()} />}
        {!models && !error && <ModelListSkeleton />}
        {models && models.length === 0 && <NothingOffered />}
        {models && models.length > 0 && shown.length === 0 && <NothingFound />}
        {shown.length > 0 && <ModelList models={shown} uses={uses} />}
      </div>
    </Page>
  )
}

/** More models than the gateway lists at a time have settled calls. */
const MOST_MODELS = 2_000

/** Calls that were settled of each model, by its number; undefined where the index can't be asked. */
function useUses(): Uses | undefined {
  const { data } = useQuery(indexed(listModels({ order: 'calls', limit: MOST_MODELS })))
  return useMemo(() => (data ? new Map(data.map(({ id, calls }) => [id, calls])) : undefined), [data])
}

function NothingOffered() {
  return (
    <Empty icon="market" title="Nothing is on offer yet">
      Offers appear here seconds after they are on the ledger.{' '}
      <Link to="/provide" className="text-accent underline underline-offset-2">
        Offer a model of yours
      </Link>
    </Empty>
  )
}

function NothingFound() {
  const navigate = route.useNavigate()
  return (
    <Empty icon="search" title="No model is like that">
      <button
        type="button"
        className="text-accent underline underline-offset-2"
        onClick={() => navigate({ search: {} })}
      >
        Show all models
      </button>
    </Empty>
  )
}
