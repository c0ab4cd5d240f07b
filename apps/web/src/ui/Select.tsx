import { useState } from 'react'
import { INPUT } from './Field.tsx'

/** More options than these are put into the page once somebody comes near: a thousand of them hold it up for as long as all the rest of it. */
const FEW = 50

/** A choice, by the platform's own control. The label is for screen readers: what is chosen says what it is about. */
export function Select<T extends string>({
  label,
  options,
  value,
  onChange,
}: {
  label: string
  options: Readonly<Record<T, string>>
  value: T
  onChange: (value: T) => void
}) {
  const [isNear, setNear] = useState(false)
  const all = Object.keys(options) as T[]
  const isLong = all.length > FEW
  const come = isLong && !isNear ? () => setNear(true) : undefined
  return (
    <select
      aria-label={label}
      value={value}
      // The values are those of the options and no others.
      onChange={({ target }) => onChange(target.value as T)}
      onFocus={come}
      onPointerEnter={come}
      onPointerDown={come}
      className={isLong ? `${INPUT} w-60 max-w-full` : INPUT}
    >
      {(isLong && !isNear ? all.filter((key) => key === value) : all).map((key) => (
        <option key={key} value={key}>
          {options[key]}
        </option>
      ))}
    </select>
  )
}
