import { useQueryErrorResetBoundary } from '@tanstack/react-query'
import { type ErrorComponentProps, useRouter } from '@tanstack/react-router'
import { Page } from '../ui/Page.tsx'
import { Problem } from '../ui/Problem.tsx'

/** A page that could not be shown. */
export function Failure({ error, reset }: ErrorComponentProps) {
  const router = useRouter()
  const { reset: resetQueries } = useQueryErrorResetBoundary()
  const again = () => {
    resetQueries()
    reset()
    void router.invalidate()
  }
  return (
    <Page title="That did not work">
      <Problem error={error} onRetry={again} />
    </Page>
  )
}
