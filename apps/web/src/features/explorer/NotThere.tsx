import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Empty } from '../../ui/Empty.tsx'

/** What an address names, and is not on this ledger. */
export function NotThere({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Empty icon="question" title={title}>
      {children}{' '}
      <Link to="/explorer" search={{}} className="text-accent underline underline-offset-2">
        Show all events
      </Link>
    </Empty>
  )
}
