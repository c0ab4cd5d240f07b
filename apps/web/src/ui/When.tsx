import { exactTime, relativeTime } from '../lib/time.ts'
import { useNow } from '../lib/useNow.ts'
import { Hint } from './Hint.tsx'

/** A moment, in unix seconds, as people say it; the exact time on hover and focus. */
export function When({ at }: { at: number }) {
  const now = useNow()
  return (
    <Hint text={<Exact at={at} />} className="whitespace-nowrap">
      <time dateTime={new Date(at * 1000).toISOString()}>{relativeTime(at, now)}</time>
    </Hint>
  )
}

/** A component of its own, so that it is worked out where it is looked at only. */
function Exact({ at }: { at: number }) {
  return exactTime(at)
}
