import type { Level } from '@stoa/sdk'
import { useWidth } from '../../../lib/useWidth.ts'

/** Pixels. */
const ROW = 22
const CAPTION = 22
const FUNNEL = 44

/** The tree of a computation, narrowing: each row is what lies beneath the part that was picked of the row above. */
export function WalkPicture({ levels, isConvicted }: { levels: readonly Level[]; isConvicted: boolean }) {
  const { ref, width } = useWidth<HTMLDivElement>()
  const step = CAPTION + ROW + FUNNEL
  const height = levels.length * step - (levels.at(-1)?.picked === undefined ? FUNNEL : 20)
  const color = isConvicted ? 'var(--bad)' : 'var(--accent)'
  return (
    <figure className="panel px-4 py-4 sm:px-6">
      <div ref={ref}>
        <svg
          aria-hidden="true"
          viewBox={`0 0 ${Math.max(width, 1)} ${height}`}
          width="100%"
          height={height}
          className="block"
        >
          {levels.map((level, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows never change places.
            <g key={i} transform={`translate(0 ${i * step})`}>
              <Row level={level} width={width} color={color} isLast={i === levels.length - 1} />
            </g>
          ))}
        </svg>
      </div>
      <figcaption className="sr-only">
        <ol>
          {levels.map(({ of, cells, picked, holds }, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows never change places.
            <li key={i}>
              {of}: {cells} parts{picked === undefined ? '' : `, of which number ${picked + 1} was picked: ${holds}`}
            </li>
          ))}
        </ol>
      </figcaption>
    </figure>
  )
}

type RowProps = { level: Level; width: number; color: string; isLast: boolean }

function Row({ level: { of, cells, picked, holds }, width, color, isLast }: RowProps) {
  const cell = width / Math.max(cells, 1)
  const gap = cell > 4 ? 1 : 0
  const y = CAPTION
  const n = (x: number) => x.toFixed(2)
  const [left, right] = picked === undefined ? [0, 0] : [picked * cell, (picked + 1) * cell]
  return (
    <>
      <text x="0" y={CAPTION - 7} fontSize="13" fill="var(--muted)">
        {of}
      </text>
      {Array.from({ length: cells }, (_, i) => (
        <rect
          // biome-ignore lint/suspicious/noArrayIndexKey: cells are told apart by their places alone.
          key={i}
          x={n(i * cell)}
          y={y}
          width={n(Math.max(cell - gap, 0.5))}
          height={ROW}
          fill={i === picked ? color : 'var(--line)'}
        />
      ))}
      {picked !== undefined && (
        <>
          {!isLast && (
            <polygon
              points={`${n(left)},${y + ROW} ${n(right)},${y + ROW} ${n(width)},${y + ROW + FUNNEL} 0,${y + ROW + FUNNEL}`}
              fill={color}
              opacity="0.09"
            />
          )}
          <text
            x={n(anchorOf((left + right) / 2, width).x)}
            y={y + ROW + 18}
            textAnchor={anchorOf((left + right) / 2, width).anchor}
            fontSize="13"
            fill={color}
          >
            {holds}
          </text>
        </>
      )}
    </>
  )
}

/** Words under what they are about, and within the picture. */
function anchorOf(x: number, width: number): { x: number; anchor: 'start' | 'middle' | 'end' } {
  if (x < width / 4) return { x, anchor: 'start' }
  return x > (3 * width) / 4 ? { x, anchor: 'end' } : { x, anchor: 'middle' }
}
