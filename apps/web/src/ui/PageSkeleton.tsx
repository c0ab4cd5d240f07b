import { Skeleton, SkeletonLines } from './Skeleton.tsx'

/** A page on its way. */
export function PageSkeleton() {
  return (
    <main id="content" aria-busy="true" className="mx-auto w-full max-w-6xl grow px-4 pt-8 pb-16 sm:px-6">
      <Skeleton className="mb-3 h-9 w-48" />
      <Skeleton className="mb-8 h-5 w-80 max-w-full" />
      <SkeletonLines count={6} />
    </main>
  )
}
