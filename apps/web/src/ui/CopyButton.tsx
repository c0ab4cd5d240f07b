import { useEffect, useState } from 'react'
import { Icon } from './icons.tsx'

/** How long the button says that it was done. */
const SAY_SO_MS = 1_500

/** Copies `text`; says so to the eye and to screen readers. */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const [done, setDone] = useState(false)
  useEffect(() => {
    if (!done) return
    const timer = setTimeout(() => setDone(false), SAY_SO_MS)
    return () => clearTimeout(timer)
  }, [done])
  return (
    <button
      type="button"
      aria-label={`Copy ${what}`}
      onClick={() => navigator.clipboard.writeText(text).then(() => setDone(true))}
      className="relative inline-flex size-6 shrink-0 items-center justify-center rounded text-muted hover:bg-sunken hover:text-ink"
    >
      <Icon name={done ? 'check' : 'copy'} className={done ? 'text-good' : ''} />
      <span role="status" className="sr-only">
        {done ? 'Copied' : ''}
      </span>
    </button>
  )
}
