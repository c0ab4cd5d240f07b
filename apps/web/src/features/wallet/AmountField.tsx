import type { ReactNode } from 'react'
import { useHome } from '../../data/home.ts'
import { Field, INPUT } from '../../ui/Field.tsx'

type AmountFieldProps = {
  value: string
  onChange: (text: string) => void
  disabled: boolean
  error: string | undefined
  note: ReactNode
}

/** An amount of the token, as people write it. */
export function AmountField({ value, onChange, disabled, error, note }: AmountFieldProps) {
  const { token } = useHome()
  return (
    <Field label={`Amount in ${token.symbol}`} error={error} note={note}>
      {(ids) => (
        <input
          {...ids}
          inputMode="decimal"
          autoComplete="off"
          maxLength={80}
          placeholder="0.00"
          value={value}
          disabled={disabled}
          onChange={({ target }) => onChange(target.value)}
          className={`${INPUT} w-full`}
        />
      )}
    </Field>
  )
}
