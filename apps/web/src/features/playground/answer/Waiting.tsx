import { Skeleton } from '../../../ui/Skeleton.tsx'
import { Unproved } from './Unproved.tsx'

/** An answer on its way; the text so far, where it comes in pieces. */
export function Waiting({ text }: { text: string }) {
  if (text !== '') return <Unproved text={text} isComing />
  return (
    <div className="panel space-y-3 p-4">
      <span className="sr-only">The answer is on its way.</span>
      <Skeleton className="h-4 w-3/4" />
      <Skeleton className="h-4 w-1/2" />
    </div>
  )
}
