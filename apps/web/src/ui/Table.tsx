import type { ReactNode } from 'react'
import { cx } from '../lib/cx.ts'

export type Column<row> = {
  name: string
  /** Numbers stand at the right. */
  isNumber?: boolean
  cell: (row: row) => ReactNode
}

/**
 * Rows of few columns. In a narrow window each row is a block of named values, so that nothing is cut off; where a row still does not fit, the table scrolls by itself, also
 * by keyboard, and the page does not.
 */
export function Table<row>({
  label,
  columns,
  rows,
  keyOf,
}: {
  label: string
  columns: readonly Column<row>[]
  rows: readonly row[]
  keyOf: (row: row) => string
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard (WCAG 2.1.1).
    <section aria-label={label} tabIndex={0} className="panel relative overflow-x-auto">
      <table className="w-full border-collapse text-left">
        <thead className="max-lg:hidden">
          <tr className="border-b border-line text-xs text-muted">
            {columns.map(({ name, isNumber }) => (
              <th
                key={name}
                scope="col"
                className={cx('px-4 py-2 font-normal whitespace-nowrap', isNumber && 'text-right')}
              >
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {rows.map((row) => (
            <tr
              key={keyOf(row)}
              className="max-lg:grid max-lg:gap-x-6 max-lg:gap-y-2 max-lg:px-4 max-lg:py-3.5 sm:max-lg:grid-cols-4"
            >
              {columns.map(({ name, isNumber, cell }) => (
                <td
                  key={name}
                  className={cx(
                    'max-sm:flex max-sm:items-baseline max-sm:justify-between max-sm:gap-x-4 lg:px-4 lg:py-2 lg:align-top',
                    isNumber && 'lg:text-right',
                  )}
                >
                  <span className="block text-xs text-muted lg:hidden">{name}</span>
                  <div className="min-w-0 max-sm:text-right">{cell(row)}</div>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
