import { useQuery } from '@tanstack/react-query'
import { draftQuery } from '../../data/draft.ts'
import { titleOf } from '../../routes/navigation.ts'
import { Page } from '../../ui/Page.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { SkeletonLines } from '../../ui/Skeleton.tsx'
import { Steps } from './Steps.tsx'

/** From files to an offer that is served, step by step. The home keeps how far it is: the page can be left and taken up again. */
export function ProvidePage() {
  const { data: draft, error, refetch } = useQuery(draftQuery)
  return (
    <Page {...titleOf('/provide')}>
      {error && !draft && <Problem error={error} onRetry={() => void refetch()} />}
      {!draft && !error && (
        <div className="panel px-4 py-5">
          <SkeletonLines count={6} />
        </div>
      )}
      {draft && <Steps draft={draft} />}
    </Page>
  )
}
