import { useLocation } from '@tanstack/react-router'
import { titleOf } from '../routes/navigation.ts'
import { Page } from './Page.tsx'
import { Skeleton, SkeletonLines } from './Skeleton.tsx'

/** A page on its way: what is known of it stands where it will stay. */
export function PageSkeleton() {
  const { pathname } = useLocation()
  const known = titleOf(pathname) ?? {
    title: <Skeleton className="h-9 w-48" />,
    documentTitle: 'Stoa',
    lead: <Skeleton className="h-5 w-80 max-w-full" />,
  }
  return (
    <Page {...known} isBusy>
      <SkeletonLines count={6} />
    </Page>
  )
}
