import type { Address } from '@stoa/protocol'
import { Link } from '@tanstack/react-router'
import { useHome } from '../../data/home.ts'
import { Hash, shortHash } from '../../ui/Hash.tsx'

/** Whose deposit is shown: the gateway's, or that of who signs; an address may bring any other. */
export function AccountChoice({ shown, signer }: { shown: Address; signer: Address | undefined }) {
  const { accounts } = useHome()
  const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase()
  const choices = [
    { account: accounts.payer, label: 'Your gateway’s deposit' },
    ...(signer && !same(signer, accounts.payer) ? [{ account: signer, label: 'Deposit of who signs' }] : []),
  ]
  const others = choices.every(({ account }) => !same(account, shown))
  if (others) choices.push({ account: shown, label: `Deposit of ${shortHash(shown)}` })
  return (
    <nav aria-label="Whose deposit" className="flex flex-wrap items-center gap-x-4 gap-y-1">
      <ul className="flex flex-wrap gap-1">
        {choices.map(({ account, label }) => (
          <li key={account}>
            <Link
              to="/wallet"
              search={(before) => ({ ...before, account: same(account, accounts.payer) ? undefined : account })}
              activeOptions={{ exact: true, explicitUndefined: true }}
              className="inline-flex min-h-9 items-center rounded-md px-3 text-muted hover:bg-sunken hover:text-ink aria-[current=page]:bg-accent-soft aria-[current=page]:text-accent-strong"
            >
              {label}
            </Link>
          </li>
        ))}
      </ul>
      <span className="text-muted">
        <Hash value={shown} what="payer" />
      </span>
    </nav>
  )
}
