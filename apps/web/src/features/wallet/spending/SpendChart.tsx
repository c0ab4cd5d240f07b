import { formatUnitsExact } from '@stoa/protocol'
import { useMemo } from 'react'
import { useHome } from '../../../data/home.ts'
import { useModelNames } from '../../../data/names.ts'
import { dayName } from '../../../lib/days.ts'
import { groupDigits } from '../../../lib/groupDigits.ts'
import { plainText } from '../../../lib/plainText.ts'
import { useWidth } from '../../../lib/useWidth.ts'
import { chartColor } from '../../../ui/chartColors.ts'
import { useHint } from '../../../ui/useHint.tsx'
import { layoutBars, linesOf, type PlacedDay } from './layoutBars.ts'
import type { Series, Spending, SpendingDay } from './spendingSeries.ts'

/** Pixels: the chart, what its words take around the bars, and one letter of them. */
const HEIGHT = 256
const [BOTTOM, TOP, LETTER] = [26, 8, 7]
/** Days that are named: as many as a phone has room for. */
const MOST_NAMED = 5

/** Spending by day, a bar a day. Heights are rounded as pixels are; words beside it are exact, and say the same. */
export function SpendChart({ spending }: { spending: Spending }) {
  const { token } = useHome()
  const { ref, width } = useWidth<HTMLDivElement>()
  const tall = HEIGHT - TOP - BOTTOM
  const lines = linesOf(spending).map((wei) => groupDigits(formatUnitsExact(wei, token)))
  const left = LETTER * (2 + Math.max(...lines.map(({ length }) => length)))
  const wide = Math.max(width - left, 1)
  const days = useMemo(() => layoutBars(spending, wide, tall), [spending, wide, tall])
  const named = Math.ceil(days.length / MOST_NAMED)
  return (
    <figure className="min-w-0">
      <figcaption className="sr-only">Bars of what was settled on each day; the table beside has the sums.</figcaption>
      <div ref={ref} className="h-64 min-w-0">
        {width > 0 && (
          <svg aria-hidden="true" width={width} height={HEIGHT} className="block" fontSize="12" fill="var(--muted)">
            <g transform={`translate(${left} ${TOP})`}>
              {lines.map((amount, n) => {
                const y = tall * (1 - n / (lines.length - 1))
                return (
                  <g key={amount}>
                    <line x2={wide} y1={y} y2={y} stroke="var(--line)" />
                    <text x={-LETTER} y={y + 4} textAnchor="end">
                      {amount}
                    </text>
                  </g>
                )
              })}
              {days.map((placed, i) => (
                <g key={placed.day.day}>
                  <Day placed={placed} series={spending.series} height={tall} />
                  {i % named === 0 && (
                    <text x={placed.x} y={tall + 18}>
                      {dayName(placed.day.day)}
                    </text>
                  )}
                </g>
              ))}
            </g>
          </svg>
        )}
      </div>
    </figure>
  )
}

type DayProps = { placed: PlacedDay; series: readonly Series[]; height: number }

/** A day's bar, which says what it stands for while the pointer is anywhere above its day. */
function Day({ placed: { day, x, width, parts }, series, height }: DayProps) {
  const { handlers, bubble } = useHint(<Told day={day} series={series} />)
  return (
    <>
      <g {...handlers}>
        <rect {...{ x, width, height }} className="fill-transparent hover:fill-sunken" />
        {parts.map(({ key, y, height: tall }) => (
          <rect key={key} {...{ x, y, width, height: tall }} fill={colorOf(key, series)} pointerEvents="none" />
        ))}
      </g>
      {bubble}
    </>
  )
}

/** A component of its own, so that it is worked out where it is looked at only. */
function Told({ day: { day, paid, total }, series }: { day: SpendingDay; series: readonly Series[] }) {
  const { token } = useHome()
  const names = useModelNames()
  const amount = (wei: bigint) => `${groupDigits(formatUnitsExact(wei, token))} ${token.symbol}`
  const nameOf = ({ modelId }: Series) =>
    modelId === undefined ? 'All others' : plainText(names.get(`${modelId}`) ?? `Model ${modelId}`, 40)
  return (
    <>
      <p className="font-medium">
        {dayName(day)}: {amount(total)}
      </p>
      <ul>
        {series
          .filter(({ key }) => (paid[key] ?? 0n) > 0n)
          .map((each) => (
            <li key={each.key}>
              <bdi>{nameOf(each)}</bdi>: {amount(paid[each.key] ?? 0n)}
            </li>
          ))}
      </ul>
    </>
  )
}

function colorOf(key: string, series: readonly Series[]): string {
  const place = series.findIndex((each) => each.key === key)
  return chartColor(series[place]?.modelId === undefined ? -1 : place)
}
