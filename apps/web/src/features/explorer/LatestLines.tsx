import type { Hex } from '@stoa/protocol'
import type { ReactNode } from 'react'
import { Section } from '../../ui/Section.tsx'
import { LedgerLine } from './LedgerLine.tsx'

/** Lines that are shown; the rest are in the blocks. */
export const MOST_LINES = 25

type LatestLinesProps<Row> = {
  title: string
  /** At most `MOST_LINES`, latest first; undefined while they are on their way. */
  rows: readonly Row[] | undefined
  /** What stands there where there is none; without it, nothing does. */
  nothing?: string
  line: (row: Row) => ReactNode
}

/** The latest of what happened on the ledger in some respect, a line each. */
export function LatestLines<Row extends { block: number; logIndex: number; tx: Hex; at: number }>({
  title,
  rows,
  nothing,
  line,
}: LatestLinesProps<Row>) {
  if (!rows || (rows.length === 0 && !nothing)) return null
  return (
    <Section
      title={title}
      aside={rows.length === MOST_LINES && <span className="text-muted">the latest {MOST_LINES}</span>}
    >
      {rows.length === 0 ? (
        <p className="text-muted">{nothing}</p>
      ) : (
        <ul className="panel divide-y divide-line">
          {rows.map((row) => (
            <li key={`${row.block}.${row.logIndex}`}>
              <LedgerLine tx={row.tx} at={row.at}>
                {line(row)}
              </LedgerLine>
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}
