import type { ButtonHTMLAttributes } from 'react'
import { cx } from '../lib/cx.ts'

const KINDS = {
  primary: 'bg-accent text-on-accent hover:bg-accent-strong',
  plain: 'border border-line-strong/60 bg-surface text-ink hover:bg-sunken',
} as const

export function Button({
  kind = 'plain',
  className,
  ...rest
}: ButtonHTMLAttributes<HTMLButtonElement> & { kind?: keyof typeof KINDS }) {
  return (
    <button
      type="button"
      className={cx(
        'inline-flex min-h-9 items-center justify-center gap-2 rounded-md px-3.5 py-1.5 font-medium transition-colors',
        'disabled:cursor-not-allowed disabled:border-transparent disabled:bg-sunken disabled:text-muted',
        KINDS[kind],
        className,
      )}
      {...rest}
    />
  )
}
