import type { ReactNode } from 'react'
import { useHome } from '../data/home.ts'
import { Field, INPUT } from './Field.tsx'

type AmountInputProps = {
  /** What the amount is of; the token's symbol follows it. */
  label: string
  value: string
  onChange: (text: string) => void
  disabled?: boolean
  error: string | undefined
  note?: ReactNode
  placeholder?: string
  /** What stands beside the input: a button that takes the amount. */
  children?: ReactNode
}

/** An amount of the token, as people write it; `parseWei` reads it. */
export function AmountInput(props: AmountInputProps) {
  const { label, value, onChange, disabled, error, note, placeholder = '0.00', children } = props
  const { token } = useHome()
  return (
    <Field label={`${label}, in ${token.symbol}`} error={error} note={note}>
      {(ids) => (
        <div className="flex flex-wrap gap-2">
          <input
            {...ids}
            inputMode="decimal"
            autoComplete="off"
            maxLength={80}
            placeholder={placeholder}
            value={value}
            disabled={disabled}
            onChange={({ target }) => onChange(target.value)}
            className={`${INPUT} min-w-0 grow ${children ? 'sm:max-w-64' : ''}`}
          />
          {children}
        </div>
      )}
    </Field>
  )
}
