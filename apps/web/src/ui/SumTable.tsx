import type { ReactNode } from 'react'
import { cx } from '../lib/cx.ts'

export type SumColumn<row> = {
  name: string
  /** Numbers stand at the right. */
  isNumber?: boolean
  cell: (row: row) => ReactNode
  /** What the last line says of the column; it starts with the words "In all". */
  sum?: ReactNode
}

type SumTableProps<row> = {
  caption: ReactNode
  columns: readonly SumColumn<row>[]
  rows: readonly row[]
  keyOf: (row: row) => string
}

/** Parts, and beneath them what they are in all. */
export function SumTable<row>({ caption, columns, rows, keyOf }: SumTableProps<row>) {
  const labels = columns.filter(({ sum }) => sum === undefined).length
  return (
    <table className="w-full self-start text-left">
      {caption}
      <thead className="text-xs text-muted">
        <tr>
          {columns.map(({ name, isNumber }) => (
            <th key={name} scope="col" className={cx('pb-1 font-normal not-last:pr-3', isNumber && 'text-right')}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)} className="border-t border-line align-top">
            {columns.map(({ name, isNumber, cell }) => (
              <td key={name} className={cx('py-1.5 break-words not-last:pr-3', isNumber && 'text-right')}>
                {cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr className="border-t border-line-strong font-medium">
          <th scope="row" colSpan={labels} className="py-1.5 font-medium">
            In all
          </th>
          {columns.map(
            ({ name, sum }) =>
              sum !== undefined && (
                <td key={name} className="py-1.5 text-right not-last:pr-3">
                  {sum}
                </td>
              ),
          )}
        </tr>
      </tfoot>
    </table>
  )
}
