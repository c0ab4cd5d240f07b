import type { Address } from '@stoa/protocol'
import { getRouteApi } from '@tanstack/react-router'
import { useHome } from '../../data/home.ts'
import { Hash, shortHash } from '../../ui/Hash.tsx'

const route = getRouteApi('/wallet')

/** Whose deposit is shown: the gateway's, or that of who signs; an address may bring any other. */
export function AccountChoice({ shown, signer }: { shown: Address; signer: Address | undefined }) {
  const { accounts } = useHome()
  const navigate = route.useNavigate()
  const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase()
  const choices = [
    { account: accounts.payer, label: 'Your gateway’s deposit' },
    ...(signer && !same(signer, accounts.payer) ? [{ account: signer, label: 'Deposit of who signs' }] : []),
  ]
  const others = choices.every(({ account }) => !same(account, shown))
  if (others) choices.push({ account: shown, label: `Deposit of ${shortHash(shown)}` })
  const show = (account: Address) =>
    navigate({
      search: (before) => ({ ...before, account: same(account, accounts.payer) ? undefined : account }),
      resetScroll: false,
    })
  return (
    <nav aria-label="Whose deposit" className="flex flex-wrap items-center gap-x-4 gap-y-1">
      <ul className="flex flex-wrap gap-1">
        {choices.map(({ account, label }) => (
          <li key={account}>
            <button
              type="button"
              aria-pressed={same(account, shown)}
              onClick={() => show(account)}
              className="inline-flex min-h-9 items-center rounded-md px-3 text-muted hover:bg-sunken hover:text-ink aria-pressed:bg-accent-soft aria-pressed:text-accent-strong"
            >
              {label}
            </button>
          </li>
        ))}
      </ul>
      <span className="text-muted">
        <Hash value={shown} what="payer" />
      </span>
    </nav>
  )
}
