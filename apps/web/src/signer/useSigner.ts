import { useCallback, useEffect, useMemo, useState } from 'react'
import { useHome } from '../data/home.ts'
import { type AnnouncedWallet, findWallets } from './announcedWallets.ts'
import { DEVELOPMENT, developmentSigner, injectedSigner, type Signer } from './signer.ts'

export type WalletChoice = { id: string; name: string; icon?: string | undefined }

export type SignerState = {
  /** What there is to choose from. */
  wallets: readonly WalletChoice[]
  /** Who signs; undefined until one is chosen. */
  signer: Signer | undefined
  /** Why the last choice failed. */
  error: unknown
  connect(id: string): Promise<void>
  disconnect(): void
}

/** Remembers which wallet this browser's person chose; its account is asked of it each time. */
const KEY = 'stoa.wallet'

/** Who signs here: a wallet of this browser, or the development account of a chain on this machine. */
export function useSigner(): SignerState {
  const home = useHome()
  const { development, deployment } = home
  const [announced, setAnnounced] = useState<readonly AnnouncedWallet[]>([])
  const [signer, setSigner] = useState<Signer>()
  const [error, setError] = useState<unknown>()

  useEffect(
    () => findWallets((wallet) => setAnnounced((known) => [...known.filter(({ id }) => id !== wallet.id), wallet])),
    [],
  )
  const wallets = useMemo<readonly WalletChoice[]>(
    () => [...announced, ...(development ? [{ id: DEVELOPMENT, name: 'Development account' }] : [])],
    [announced, development],
  )

  const open = useCallback(
    async (id: string, ask: boolean) => {
      if (id === DEVELOPMENT) return developmentSigner(home)
      const wallet = announced.find((each) => each.id === id)
      return wallet && injectedSigner(wallet, home, ask)
    },
    [announced, home],
  )
  const connect = useCallback(
    async (id: string) => {
      try {
        setError(undefined)
        setSigner(await open(id, true))
        localStorage.setItem(KEY, id)
      } catch (problem) {
        setError(problem)
      }
    },
    [open],
  )
  const disconnect = useCallback(() => {
    localStorage.removeItem(KEY)
    setSigner(undefined)
    setError(undefined)
  }, [])

  // What was chosen last time is taken up again, without asking.
  const remembered = wallets.find(({ id }) => id === localStorage.getItem(KEY))?.id
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each wallet that appears, not whenever the home is looked at again.
  useEffect(() => {
    if (!signer && remembered) open(remembered, false).then(setSigner, () => {})
  }, [remembered, deployment.chainId])

  const provider = announced.find(({ id }) => id === signer?.walletId)?.provider
  useEffect(() => {
    if (!provider || !signer) return
    // Another account, or none: what is shown must be what would sign.
    const again = () => open(signer.walletId, false).then(setSigner, () => setSigner(undefined))
    provider.on?.('accountsChanged', again)
    return () => provider.removeListener?.('accountsChanged', again)
  }, [provider, signer, open])

  return { wallets, signer, error, connect, disconnect }
}
