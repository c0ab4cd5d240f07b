import { CopyButton } from '../../../ui/CopyButton.tsx'

/** Elements that are written out. */
const SHOWN = 12

/** An embedding: its first elements, and all of them as a strip of bars. */
export function Vector({ values }: { values: readonly number[] }) {
  const most = Math.max(...values.map(Math.abs), 1e-9)
  const bars = values.map((value, at) => ({ at, height: (Math.abs(value) / most) * 50, isUp: value > 0 }))
  return (
    <div className="panel space-y-3 p-4">
      <div className="flex items-center justify-between">
        <h3 className="text-sm text-muted">{values.length} numbers</h3>
        <CopyButton text={JSON.stringify(values)} what="embedding" />
      </div>
      <svg viewBox={`0 0 ${values.length} 100`} preserveAspectRatio="none" className="h-20 w-full" aria-hidden="true">
        {bars.map(({ at, height, isUp }) => (
          <rect key={at} x={at} y={isUp ? 50 - height : 50} width={0.8} height={height} className="fill-accent" />
        ))}
      </svg>
      <p className="font-mono text-sm break-words text-muted">
        {values
          .slice(0, SHOWN)
          .map((value) => value.toFixed(5))
          .join('  ')}
        {values.length > SHOWN && '  …'}
      </p>
    </div>
  )
}
