import { type ReactNode, useId } from 'react'

/** How inputs, selects and text areas look. */
export const INPUT =
  'rounded-md border border-line-strong/70 bg-surface px-3 py-1.5 text-ink placeholder:text-muted min-h-9 disabled:bg-sunken disabled:text-muted'

export type FieldIds = { id: string; 'aria-describedby': string | undefined; 'aria-invalid': boolean }

/** A labelled input; `note` explains it, `error` says what is wrong with what was put in. */
export function Field({
  label,
  note,
  error,
  children,
}: {
  label: string
  note?: ReactNode
  error?: string | undefined
  children: (ids: FieldIds) => ReactNode
}) {
  const id = useId()
  const described = error || note ? `${id}-note` : undefined
  return (
    <div className="space-y-1">
      <label htmlFor={id} className="block text-sm font-medium">
        {label}
      </label>
      {children({ id, 'aria-describedby': described, 'aria-invalid': error !== undefined })}
      {described && (
        <p id={described} className={error ? 'text-sm text-bad' : 'text-sm text-muted'}>
          {error ?? note}
        </p>
      )}
    </div>
  )
}
