import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { type Model, modelsQuery } from '../../data/models.ts'
import { plainText } from '../../lib/plainText.ts'
import { titleOf } from '../../routes/navigation.ts'
import { Empty } from '../../ui/Empty.tsx'
import { Page } from '../../ui/Page.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { SkeletonLines } from '../../ui/Skeleton.tsx'
import { ModelChoice } from './ModelChoice.tsx'
import { Workbench } from './Workbench.tsx'

const route = getRouteApi('/playground')

/** Ask a model, see what it cost, and check what proves it. */
export function PlaygroundPage() {
  const { model: wanted } = route.useSearch()
  const { data: models, error, refetch } = useQuery(modelsQuery)
  const chosen = wanted === undefined ? favourite(models) : models?.find(({ id }) => id === wanted)
  return (
    <Page {...titleOf('/playground')}>
      {error && !models && <Problem error={error} onRetry={() => void refetch()} />}
      {!models && !error && <SkeletonLines count={6} />}
      {models?.length === 0 && <Nobody />}
      {models && models.length > 0 && (
        <div className="space-y-6">
          <ModelChoice models={models} chosen={chosen} />
          {/* Another model is another question: nothing of the last one stays. */}
          {chosen ? <Workbench key={chosen.id} model={chosen} /> : <Unknown name={wanted ?? ''} />}
        </div>
      )}
    </Page>
  )
}

/** One that anybody can try at once: a picture is at hand for it. */
function favourite(models: readonly Model[] | undefined): Model | undefined {
  return models?.find(({ stoa }) => stoa.task === 'ocr') ?? models?.[0]
}

function Nobody() {
  return (
    <Empty icon="market" title="Nobody sells anything yet">
      As soon as a model is on offer you can ask it here.{' '}
      <Link to="/network" className="text-accent underline underline-offset-2">
        See whether everything runs
      </Link>
    </Empty>
  )
}

function Unknown({ name }: { name: string }) {
  return (
    <Empty icon="question" title="That model is not on offer">
      Nobody offers <bdi>{plainText(name, 80)}</bdi> now. Choose another above.
    </Empty>
  )
}
