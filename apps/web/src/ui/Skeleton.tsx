import { cx } from '../lib/cx.ts'

/** The place of something that is on its way, of the size that it will have. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden="true" className={cx('block animate-pulse rounded bg-line', className)} />
}

/** Lines of text on their way. */
export function SkeletonLines({ count = 3 }: { count?: number }) {
  const lines = Array.from({ length: count }, (_, i) => `line ${i}`)
  return (
    <div role="status" className="space-y-3">
      <span className="sr-only">Loading</span>
      {lines.map((line, i) => (
        <Skeleton key={line} className={cx('h-4', i === count - 1 ? 'w-2/3' : 'w-full')} />
      ))}
    </div>
  )
}
