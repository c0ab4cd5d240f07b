import { type ReactNode, useId } from 'react'
import { cx } from '../../lib/cx.ts'
import { Icon } from '../../ui/icons.tsx'

export type StepState = 'done' | 'now' | 'later'

const WORDS = { done: 'done', now: 'do this now', later: 'later' } as const

/** One step on the way to market. One that comes later shows what it will be, and nothing to press. */
export function Step({
  number,
  title,
  cost,
  state,
  children,
}: {
  number: number
  title: string
  /** What it costs, in words. */
  cost: ReactNode
  state: StepState
  children: ReactNode
}) {
  const id = useId()
  return (
    <li className="panel px-4 py-4 sm:px-5" aria-current={state === 'now' ? 'step' : undefined}>
      <section aria-labelledby={id} className="space-y-3">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <span
            aria-hidden="true"
            className={cx(
              'inline-flex size-7 shrink-0 items-center justify-center rounded-full text-sm font-medium',
              state === 'done' && 'bg-good-soft text-good',
              state === 'now' && 'bg-accent text-on-accent',
              state === 'later' && 'bg-sunken text-muted',
            )}
          >
            {state === 'done' ? <Icon name="check" /> : number}
          </span>
          <h2 id={id} className="heading text-lg">
            {title}
            <span className="sr-only">, {WORDS[state]}</span>
          </h2>
          <span className="ml-auto text-sm text-muted">{cost}</span>
        </div>
        {children}
      </section>
    </li>
  )
}
