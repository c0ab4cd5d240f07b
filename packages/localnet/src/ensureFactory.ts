import type { Hex } from '@stoa/protocol'
import { sendCall, type WriteClient } from '@stoa/sdk'
import { getBalance, getCode, sendRawTransaction, waitForTransactionReceipt } from 'viem/actions'
import { CREATE2_FACTORY } from './contractPlan.ts'
import { FactoryUnavailableError } from './errors.ts'

/** Whoever the transaction below recovers to; its only transaction ever, so the factory's address is the same everywhere. */
const FACTORY_DEPLOYER = '0x3fab184622dc19b6109349b94811493bf2a45362'
/** 100,000 gas at 100 gwei, as the transaction states. */
const FACTORY_COST = 10n ** 16n

/**
 * The factory's deployment, signed for every chain at once by a signature nobody has the key of: r and s are 0x22…22 (Nick's method;
 * Arachnid's deterministic-deployment-proxy, which publishes these bytes).
 */
const FACTORY_TRANSACTION: Hex =
  '0xf8a58085174876e800830186a08080b853604580600e600039806000f350fe7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf31ba02222222222222222222222222222222222222222222222222222222222222222a02222222222222222222222222222222222222222222222222222222222222222'

/** Puts the CREATE2 factory on the chain where it is missing; the client's account pays for it. Throws `FactoryUnavailableError`. */
export async function ensureFactory(client: WriteClient, chainId: number): Promise<void> {
  if (await getCode(client, { address: CREATE2_FACTORY })) return
  const missing = FACTORY_COST - (await getBalance(client, { address: FACTORY_DEPLOYER }))
  if (missing > 0n) await sendCall(client, chainId, { to: FACTORY_DEPLOYER, value: missing })
  try {
    const hash = await sendRawTransaction(client, { serializedTransaction: FACTORY_TRANSACTION })
    await waitForTransactionReceipt(client, { hash })
  } catch (error) {
    throw new FactoryUnavailableError(chainId, error)
  }
  if (!(await getCode(client, { address: CREATE2_FACTORY }))) throw new FactoryUnavailableError(chainId, undefined)
}
