import type { ReactNode } from 'react'
import { useHome } from '../data/home.ts'
import { TextField } from './TextField.tsx'

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
export function AmountInput({ label, placeholder = '0.00', ...rest }: AmountInputProps) {
  const { token } = useHome()
  return (
    <TextField
      label={`${label}, in ${token.symbol}`}
      inputMode="decimal"
      maxLength={80}
      placeholder={placeholder}
      {...rest}
    />
  )
}
