import { Button } from '../ui/Button.tsx'
import { Hash } from '../ui/Hash.tsx'
import { Icon } from '../ui/icons.tsx'
import { Problem } from '../ui/Problem.tsx'
import { Words } from '../ui/Words.tsx'
import type { SignerState, WalletChoice } from './useSigner.ts'

/** Who signs: what is connected, or what there is to connect. */
export function SignerBar({ state }: { state: SignerState }) {
  const { wallets, signer, error, connect, disconnect } = state
  const chosen = wallets.find(({ id }) => id === signer?.walletId)
  return (
    <section aria-label="Who signs" className="space-y-3">
      <div className="panel flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
        {signer ? (
          <>
            <WalletIcon icon={chosen?.icon} />
            <p className="min-w-0 grow">
              <Words text={signer.walletName} most={40} /> signs with <Hash value={signer.address} what="account" />
            </p>
            <Button onClick={disconnect}>Disconnect</Button>
          </>
        ) : (
          <NotConnected wallets={wallets} connect={connect} />
        )}
      </div>
      {error !== undefined && <Problem error={error} />}
    </section>
  )
}

function NotConnected({ wallets, connect }: { wallets: readonly WalletChoice[]; connect: SignerState['connect'] }) {
  if (wallets.length === 0)
    return (
      <p className="text-muted">
        No wallet was found in this browser. Install one that announces itself (EIP-6963), as most do, and reload.
      </p>
    )
  return (
    <>
      <p className="min-w-0 grow text-muted">Choose who signs. Keys stay where they are.</p>
      {wallets.map(({ id, name, icon }) => (
        <Button key={id} onClick={() => connect(id)}>
          <WalletIcon icon={icon} />
          <Words text={name} most={40} />
        </Button>
      ))}
    </>
  )
}

function WalletIcon({ icon }: { icon: string | undefined }) {
  return icon ? <img src={icon} alt="" className="size-5 rounded" /> : <Icon name="wallet" className="size-5" />
}
