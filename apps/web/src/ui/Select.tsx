import { INPUT } from './Field.tsx'

/** A choice of a few, by the platform's own control. The label is for screen readers: what is chosen says what it is about. */
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
  return (
    <select
      aria-label={label}
      value={value}
      // The values are those of the options and no others.
      onChange={({ target }) => onChange(target.value as T)}
      className={INPUT}
    >
      {(Object.keys(options) as T[]).map((key) => (
        <option key={key} value={key}>
          {options[key]}
        </option>
      ))}
    </select>
  )
}
