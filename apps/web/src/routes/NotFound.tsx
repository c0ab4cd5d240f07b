import { Link } from '@tanstack/react-router'
import { Empty } from '../ui/Empty.tsx'
import { Page } from '../ui/Page.tsx'

export function NotFound() {
  return (
    <Page title="No such page">
      <Empty icon="question" title="There is nothing at this address">
        The link may be old, or mistyped.{' '}
        <Link to="/" className="text-accent underline underline-offset-2">
          Go to the market
        </Link>
      </Empty>
    </Page>
  )
}
