import { CopyButton } from './CopyButton.tsx'
import { Hint } from './Hint.tsx'

/** A digest or an address, short; whole on hover and focus, with a button that copies it. `what` names it: "receipt", "owner". */
export function Hash({ value, what }: { value: string; what: string }) {
  return (
    <span className="inline-flex items-center gap-0.5 whitespace-nowrap">
      <Hint text={<span className="font-mono break-all">{value}</span>} className="font-mono text-[0.92em]">
        {shortHash(value)}
      </Hint>
      <CopyButton text={value} what={what} />
    </span>
  )
}

/** The first and the last four digits. */
export function shortHash(value: string): string {
  return value.length > 14 ? `${value.slice(0, 6)}…${value.slice(-4)}` : value
}
