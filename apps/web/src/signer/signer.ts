import type { Address } from '@stoa/protocol'
import type { WriteClient } from '@stoa/sdk'
import { createClient, custom, getAddress, isAddress, numberToHex } from 'viem'
import { z } from 'zod'
import { chainClient } from '../data/chain.ts'
import type { Home } from '../data/home.ts'
import type { AnnouncedWallet } from './announcedWallets.ts'
import { DeclinedError, isDeclined, WalletError } from './errors.ts'

/** Who signs what this person does: an account, and the wallet that has its key. */
export type Signer = {
  /** `development`, or an injected wallet's. */
  walletId: string
  walletName: string
  address: Address
  client: WriteClient
}

export const DEVELOPMENT = 'development'

/** The account that everybody knows, of a chain on this machine. Signs here, and asks nobody. */
export async function developmentSigner({ deployment, development }: Home): Promise<Signer | undefined> {
  if (!development) return undefined
  // What signs is large, and nobody needs it before somebody wants to sign.
  const { privateKeyToAccount } = await import('./keyAccount.ts')
  const account = privateKeyToAccount(development.account.key)
  const client = chainClient(deployment.chainId, account)
  return { walletId: DEVELOPMENT, walletName: 'Development account', address: account.address, client }
}

const accountList = z.array(z.string().refine((text) => isAddress(text, { strict: false })))

/**
 * An injected wallet's first account, on the home's chain. `ask` may open the wallet's window; without it, an account is only taken if the
 * wallet gave this page one before. Throws `DeclinedError`, `WalletError`.
 */
export async function injectedSigner(
  { id, name, provider }: AnnouncedWallet,
  { deployment, parts }: Home,
  ask: boolean,
): Promise<Signer | undefined> {
  try {
    const given: unknown = await provider.request({ method: ask ? 'eth_requestAccounts' : 'eth_accounts' })
    const [first] = accountList.safeParse(given).data ?? []
    if (first === undefined) {
      if (!ask) return undefined
      throw new WalletError(name, 'gave no account', { hint: 'Make or unlock an account in it, and connect again.' })
    }
    const address = getAddress(first)
    if (ask) await joinChain(provider, deployment.chainId, parts.find((part) => part.name === 'chain')?.url)
    const client = createClient({ account: address, transport: custom(provider), pollingInterval: 1_000 })
    return { walletId: id, walletName: name, address, client }
  } catch (error) {
    if (isDeclined(error)) throw new DeclinedError(name, error)
    if (error instanceof WalletError) throw error
    throw new WalletError(name, 'could not be connected', {
      hint: `Unlock it, and let it use chain ${deployment.chainId}; then connect again.`,
      cause: error,
    })
  }
}

/** A wallet that does not know the chain is told of it (EIP-3326, EIP-3085). */
async function joinChain(provider: AnnouncedWallet['provider'], chainId: number, rpcUrl: string | undefined) {
  const id = numberToHex(chainId)
  if ((await provider.request({ method: 'eth_chainId' })) === id) return
  const join = () => provider.request({ method: 'wallet_switchEthereumChain', params: [{ chainId: id }] })
  try {
    await join()
  } catch (error) {
    if (isDeclined(error) || !rpcUrl) throw error
    const coin = { name: 'Ether', symbol: 'ETH', decimals: 18 }
    const chain = { chainId: id, chainName: `Stoa ${chainId}`, nativeCurrency: coin, rpcUrls: [rpcUrl] }
    await provider.request({ method: 'wallet_addEthereumChain', params: [chain] })
    await join()
  }
}

/** Does what `signer` has to sign; a no of its person comes out as `DeclinedError`. */
export async function withSigner<T>(signer: Signer, act: (client: WriteClient) => Promise<T>): Promise<T> {
  try {
    return await act(signer.client)
  } catch (error) {
    throw isDeclined(error) ? new DeclinedError(signer.walletName, error) : error
  }
}
