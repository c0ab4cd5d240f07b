import type { InputHTMLAttributes, ReactNode } from 'react'
import { cx } from '../lib/cx.ts'
import { Field, INPUT } from './Field.tsx'

type TextFieldProps = {
  label: string
  value: string
  onChange: (text: string) => void
  note?: ReactNode
  /** What is wrong with what was put in. */
  error?: string | undefined
  /** What stands beside the input: a button that takes what was typed. */
  children?: ReactNode
} & Pick<
  InputHTMLAttributes<HTMLInputElement>,
  'type' | 'inputMode' | 'placeholder' | 'maxLength' | 'pattern' | 'disabled'
>

/** One line that a person types: names, addresses, numbers. Nothing is suggested or corrected in it. */
export function TextField({ label, value, onChange, note, error, children, ...input }: TextFieldProps) {
  return (
    <Field label={label} note={note} error={error}>
      {(ids) => (
        <div className="flex flex-wrap gap-2">
          <input
            {...ids}
            autoComplete="off"
            spellCheck={false}
            {...input}
            value={value}
            onChange={({ target }) => onChange(target.value)}
            className={cx(INPUT, 'min-w-0 grow', children !== undefined && 'sm:max-w-64')}
          />
          {children}
        </div>
      )}
    </Field>
  )
}
