import type { ReactNode } from 'react'
import { cx } from '../lib/cx.ts'

const COLUMNS = {
  3: 'sm:grid-cols-2 lg:grid-cols-3',
  4: 'grid-cols-2 md:grid-cols-4',
  6: 'grid-cols-2 sm:grid-cols-3 lg:grid-cols-6',
} as const

/** A panel of named values (`Fact`), as many in a row as a wide window has room for. */
export function Facts({ columns, children }: { columns: keyof typeof COLUMNS; children: ReactNode }) {
  return <dl className={cx('panel grid gap-x-6 gap-y-4 p-4', COLUMNS[columns])}>{children}</dl>
}
