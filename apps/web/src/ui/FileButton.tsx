import { useId } from 'react'
import { cx } from '../lib/cx.ts'

type FileButtonProps = {
  label: string
  onFiles: (files: readonly File[]) => void
  disabled?: boolean
  /** One file, several, or a folder with all that is in it. */
  takes?: 'file' | 'files' | 'folder'
  /** Types that the platform's own window offers first. */
  accept?: string
}

/** A button that has the platform ask for files. */
export function FileButton({ label, onFiles, disabled = false, takes = 'file', accept }: FileButtonProps) {
  const id = useId()
  return (
    <label
      htmlFor={id}
      className={cx(
        'inline-flex min-h-9 cursor-pointer items-center rounded-md border border-line-strong/60 bg-surface px-3.5 py-1.5 font-medium hover:bg-sunken',
        'focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-accent',
        disabled && 'cursor-not-allowed text-muted',
      )}
    >
      {label}
      <input
        id={id}
        type="file"
        multiple={takes !== 'file'}
        webkitdirectory={takes === 'folder' ? '' : undefined}
        accept={accept}
        disabled={disabled}
        className="sr-only"
        onChange={({ target }) => {
          onFiles([...(target.files ?? [])])
          // So that the same choice, made again, is one.
          target.value = ''
        }}
      />
    </label>
  )
}

declare module 'react' {
  interface InputHTMLAttributes<T> {
    /** Chooses a folder with all that is in it (File and Directory Entries API). */
    webkitdirectory?: (T extends unknown ? '' : never) | undefined
  }
}
