import { BaseError } from '@stoa/protocol'
import { Icon } from './icons.tsx'

/** What went wrong, and what to try; never a stack. `onRetry` where trying again may help. */
export function Problem({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { what, hint } = describeError(error)
  return (
    <div role="alert" className="flex gap-3 rounded-[10px] border border-bad/40 bg-bad-soft p-4 text-bad">
      <Icon name="warning" className="mt-0.5 size-5 shrink-0" />
      <div className="min-w-0 space-y-1 break-words">
        <p className="font-medium">{what}</p>
        {hint && <p>{hint}</p>}
        {onRetry && (
          <button type="button" onClick={onRetry} className="underline underline-offset-2">
            Try again
          </button>
        )}
      </div>
    </div>
  )
}

/** An error in words for people. What is none of ours is a fault of the page: its own message helps nobody but who mends it. */
export function describeError(error: unknown): { what: string; hint: string | undefined } {
  if (error instanceof BaseError) return { what: error.shortMessage, hint: error.hint }
  const details = error instanceof Error ? error.message : String(error)
  return { what: 'This page failed.', hint: `Reload it. If it fails again, please report this: ${details}` }
}
