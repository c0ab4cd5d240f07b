import { formatUnitsExact } from '@stoa/protocol'
import {
  Bar,
  BarChart,
  CartesianGrid,
  ResponsiveContainer,
  Tooltip,
  type TooltipContentProps,
  XAxis,
  YAxis,
} from 'recharts'
import { useHome } from '../../../data/home.ts'
import { useModelNames } from '../../../data/names.ts'
import { dayName } from '../../../lib/days.ts'
import { groupDigits } from '../../../lib/groupDigits.ts'
import { plainText } from '../../../lib/plainText.ts'
import { chartColor } from '../../../ui/chartColors.ts'
import type { Series, Spending, SpendingDay } from './spendingSeries.ts'

/** Days that are named: as many as a phone has room for. */
const MOST_TICKS = 5
const TICK = { fill: 'var(--muted)', fontSize: 12 }

/** Spending by day, a bar a day. Heights are rounded as pixels are; words beside it are exact, and say the same. */
export function SpendChart({ spending: { days, series } }: { spending: Spending }) {
  const { token } = useHome()
  const tokens = (wei: bigint) => Number(formatUnitsExact(wei, token))
  return (
    <figure className="min-w-0">
      <figcaption className="sr-only">Bars of what was settled on each day; the table beside has the sums.</figcaption>
      <div aria-hidden="true" className="h-64">
        <ResponsiveContainer width="100%" height="100%">
          <BarChart data={days} accessibilityLayer={false} margin={{ top: 4, right: 4, bottom: 0, left: 0 }}>
            <CartesianGrid vertical={false} stroke="var(--line)" />
            <XAxis
              dataKey={({ day }: SpendingDay) => dayName(day)}
              tick={TICK}
              tickLine={false}
              stroke="var(--line)"
              interval={Math.ceil(days.length / MOST_TICKS) - 1}
            />
            <YAxis
              tick={TICK}
              tickLine={false}
              axisLine={false}
              width={64}
              tickFormatter={(n: number) => groupDigits(`${n}`)}
            />
            <Tooltip
              cursor={{ fill: 'var(--sunken)' }}
              content={(props) => <Told {...props} series={series} />}
              isAnimationActive={false}
            />
            {series.map(({ key, modelId }, i) => (
              <Bar
                key={key}
                stackId="day"
                dataKey={({ paid }: SpendingDay) => tokens(paid[key] ?? 0n)}
                fill={modelId === undefined ? chartColor(-1) : chartColor(i)}
                isAnimationActive={false}
              />
            ))}
          </BarChart>
        </ResponsiveContainer>
      </div>
    </figure>
  )
}

function Told({ active, payload, series }: TooltipContentProps & { series: readonly Series[] }) {
  const { token } = useHome()
  const names = useModelNames()
  const [first] = payload
  if (!active || !first) return null
  const { day, paid, total } = first.payload as SpendingDay
  const amount = (wei: bigint) => `${groupDigits(formatUnitsExact(wei, token))} ${token.symbol}`
  const nameOf = ({ modelId }: Series) =>
    modelId === undefined ? 'All others' : plainText(names.get(`${modelId}`) ?? `Model ${modelId}`, 40)
  return (
    <div className="rounded-md bg-ink px-2.5 py-1.5 text-sm text-paper shadow-lg">
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
    </div>
  )
}
