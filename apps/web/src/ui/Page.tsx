import { type ReactNode, useEffect } from 'react'

/** A page's frame: its title, a line on what it is for, and what stands beside the title. */
export function Page({
  title,
  documentTitle,
  lead,
  aside,
  isBusy = false,
  children,
}: {
  title: ReactNode
  /** For the tab, where `title` is more than words. */
  documentTitle?: string
  lead?: ReactNode
  aside?: ReactNode
  /** Whether the page itself is still on its way. */
  isBusy?: boolean
  children: ReactNode
}) {
  const tab = documentTitle ?? (typeof title === 'string' ? title : 'Stoa')
  useEffect(() => {
    document.title = tab === 'Stoa' ? tab : `${tab} · Stoa`
  }, [tab])
  return (
    <main id="content" aria-busy={isBusy} className="mx-auto w-full max-w-6xl grow px-4 pt-8 pb-16 sm:px-6">
      <div className="mb-6 flex flex-wrap items-end justify-between gap-x-8 gap-y-3">
        <div className="min-w-0 space-y-1">
          <h1 className="heading text-3xl">{title}</h1>
          {lead && <p className="max-w-prose text-muted">{lead}</p>}
        </div>
        {aside}
      </div>
      {children}
    </main>
  )
}
