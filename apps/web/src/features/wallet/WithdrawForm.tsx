import type { Address } from '@stoa/protocol'
import { useHome } from '../../data/home.ts'
import type { Signer } from '../../signer/signer.ts'
import { Amount } from '../../ui/Amount.tsx'
import { CopyButton } from '../../ui/CopyButton.tsx'
import { When } from '../../ui/When.tsx'
import type { LedgerAccount } from './Balance.tsx'
import { WithdrawSteps } from './WithdrawSteps.tsx'

type WithdrawFormProps = { payer: Address; ledger: LedgerAccount; signer: Signer | undefined }

/** Takes tokens out: announced first, so that sellers can settle what was bought. Only the payer itself can. */
export function WithdrawForm({ payer, ledger, signer }: WithdrawFormProps) {
  const isOwn = signer?.address.toLowerCase() === payer.toLowerCase()
  return (
    <section aria-label="Withdraw" className="panel flex flex-col gap-3 px-4 py-4">
      <h2 className="heading text-lg">Withdraw</h2>
      {signer && isOwn ? <WithdrawSteps ledger={ledger} signer={signer} /> : <NotOwn payer={payer} ledger={ledger} />}
    </section>
  )
}

function NotOwn({ payer, ledger: { withdrawalAmount, withdrawableAt } }: Omit<WithdrawFormProps, 'signer'>) {
  const { accounts } = useHome()
  const isGateways = payer.toLowerCase() === accounts.payer.toLowerCase()
  return (
    <>
      {withdrawableAt > 0 && (
        <p>
          <Amount wei={withdrawalAmount} /> is announced to leave <When at={withdrawableAt} />.
        </p>
      )}
      <p className="text-muted">
        Only the account that a deposit is of can take it out.
        {isGateways
          ? ' Your gateway’s account has its key in this home, encrypted, where no page can reach it. In a terminal, in Stoa’s folder:'
          : ' Sign with it to withdraw here.'}
      </p>
      {isGateways && (
        <ul className="space-y-3 sm:space-y-1">
          {['npx stoa withdraw 5', 'npx stoa withdraw'].map((command, i) => (
            <li key={command} className="flex flex-wrap items-center gap-2">
              <code className="rounded bg-sunken px-2 py-1 font-mono text-[0.9em]">{command}</code>
              <CopyButton text={command} what="command" />
              <span className="text-sm text-muted max-sm:w-full">
                {i === 0 ? 'announces it' : 'takes it out, when its time has come'}
              </span>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}
