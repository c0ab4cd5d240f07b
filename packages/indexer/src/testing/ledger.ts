import { setTimeout as sleep } from 'node:timers/promises'
import { DEVELOPMENT_KEYS, deployStoa, startChain } from '@stoa/localnet'
import { bytesToHex, type Hex } from '@stoa/protocol'
import { stoaUsdAbi } from '@stoa/protocol/abi'
import { loadSecp256k1 } from '@stoa/protocol/secp256k1'
import { createChainClient, type Deployment } from '@stoa/sdk'
import {
  type Abi,
  createTestClient,
  encodeFunctionData,
  http,
  numberToHex,
  parseEther,
  publicActions,
  TransactionReceiptNotFoundError,
} from 'viem'
import { privateKeyToAccount, privateKeyToAddress } from 'viem/accounts'

/** What is done on a chain that somebody else runs. */
export type LedgerHands = Awaited<ReturnType<typeof ledgerAt>>
export type Ledger = LedgerHands & { close(): Promise<void> }

/** Enough for every transaction here; unused gas costs nothing. */
const GAS = 25_000_000n

/** A chain of its own with the contracts on it, to act on as `ledgerAt` does. */
export async function openLedger(): Promise<Ledger> {
  const chain = await startChain()
  const { rpcUrl, chainId } = chain
  const minter = createChainClient({ rpcUrl, chainId, account: privateKeyToAccount(DEVELOPMENT_KEYS[0]) })
  const deployment = await deployStoa(minter)
  return { ...(await ledgerAt({ rpcUrl, deployment })), close: () => chain.stop() }
}

/** The contracts on a development chain that is there, whose accounts need no keys from now on: it sends what it is told, in whose name it is told. */
export async function ledgerAt({ rpcUrl, deployment }: { rpcUrl: string; deployment: Deployment }) {
  const minter = privateKeyToAddress(DEVELOPMENT_KEYS[0])
  const test = createTestClient({ mode: 'anvil', transport: http(rpcUrl, { timeout: 60_000 }) }).extend(publicActions)
  await test.request({ method: 'anvil_autoImpersonateAccount', params: [true] } as never)
  const secp256k1 = await loadSecp256k1()

  /** Sends a call in an account's name. What the contract refuses is mined all the same, and leaves no event. */
  const post = async (from: Hex, to: Hex, abi: Abi, functionName: string, args: readonly unknown[]): Promise<Hex> => {
    const data = encodeFunctionData({ abi, functionName, args })
    const transaction = { from, to, data, gas: numberToHex(GAS) }
    return test.request({ method: 'eth_sendTransaction', params: [transaction] } as never)
  }
  /** Gives an account coin for gas and test dollars, and lets the contracts take these. */
  const outfit = async (address: Hex) => {
    await test.setBalance({ address, value: parseEther('100') })
    await post(minter, deployment.token, stoaUsdAbi, 'mint', [address, 10n ** 12n])
    for (const spender of [deployment.escrow, deployment.providerRegistry, deployment.arbiter ?? deployment.escrow])
      await post(address, deployment.token, stoaUsdAbi, 'approve', [spender, 10n ** 24n])
  }
  let accounts = 0
  return {
    ...{ rpcUrl, deployment, test, secp256k1, post, outfit },
    /** A new account with coin for gas and test dollars; the same ones in the same order on every ledger. */
    async account(): Promise<Hex> {
      accounts++
      const address = numberToHex(0xacc0_0000n + BigInt(accounts), { size: 20 })
      await outfit(address)
      return address
    },
    /** A key that signs, and its address. */
    key(number: number) {
      const secret = new Uint8Array(32).fill(number)
      return { secret, address: secp256k1.addressOf(secret) }
    },
    async now(): Promise<number> {
      return Number((await test.getBlock()).timestamp)
    },
    /**
     * The receipt of a transaction, when it is mined. viem's own waiting looks once a block: a look between a block's number and its receipts would be the last on a
     * chain that mines nothing more.
     */
    async receipt(hash: Hex) {
      for (;;) {
        const receipt = await test.getTransactionReceipt({ hash }).catch((error: unknown) => {
          if (error instanceof TransactionReceiptNotFoundError) return undefined
          throw error
        })
        if (receipt) return receipt
        await sleep(5)
      }
    },
    /** Waits until all that was sent is mined: `post` answers before. */
    async mined() {
      while ((await test.getTxpoolStatus()).pending > 0) await sleep(5)
    },
    async pass(seconds: number) {
      await test.increaseTime({ seconds })
      await test.mine({ blocks: 1 })
    },
  }
}

/** 32 bytes that are all the same. */
export const digest = (number: number): Hex => bytesToHex(new Uint8Array(32).fill(number % 256))
