import { type ReactNode, useId } from 'react'

/** A titled part of a page. */
export function Section({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  const id = useId()
  return (
    <section aria-labelledby={id} className="space-y-3">
      <div className="flex flex-wrap items-baseline justify-between gap-2">
        <h2 id={id} className="heading text-xl">
          {title}
        </h2>
        {aside}
      </div>
      {children}
    </section>
  )
}
