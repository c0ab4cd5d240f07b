import { Skeleton } from '../../ui/Skeleton.tsx'

/** The market on its way: rows of the size that models have. */
export function ModelListSkeleton() {
  return (
    <div role="status" className="space-y-3">
      <span className="sr-only">Loading models</span>
      {['first', 'second', 'third', 'fourth', 'fifth'].map((row) => (
        <div key={row} className="panel flex h-[5.6rem] flex-col justify-center gap-3 px-4">
          <Skeleton className="h-5 w-56" />
          <Skeleton className="h-4 w-80 max-w-full" />
        </div>
      ))}
    </div>
  )
}
