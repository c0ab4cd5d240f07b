import type { Address, Hex } from '@stoa/protocol'
import type { DirectPayment, ReadClient, TokenDomain } from '@stoa/sdk'
import type { PaymentPayload, PaymentRequirements } from '@x402/core/types'
import { ExactEvmScheme } from '@x402/evm/exact/facilitator'
import { parseAbi } from 'viem'
import { getBlockNumber, getCode, readContract } from 'viem/actions'
import { NodeChainUnavailableError } from '../payments/errors.ts'
import type { CheckedPayment } from './directPayments.ts'
import { PaymentRefusedError } from './errors.ts'

export type CheckExactParameters = {
  /** One whose reads travel alone: a rehearsed transfer must not see what another one moved. */
  client: ReadClient
  token: TokenDomain
  /** Where each offer is paid. */
  accounts: ReadonlyMap<Hex, Address>
}

const ERC20 = parseAbi(['function balanceOf(address) view returns (uint256)'])

/**
 * Looks at payments as x402's own facilitator does: signature, receiver, amount, times, and a rehearsal of the transfer on the chain's latest block. Besides,
 * what other calls under way count on (`reserved`, wei) must be there too.
 */
export function checkExact({ client, token, accounts }: CheckExactParameters) {
  const scheme = new ExactEvmScheme(facilitatorSigner(client))
  return async (payment: DirectPayment, reserved: bigint): Promise<CheckedPayment> => {
    const account = accounts.get(payment.offerId)
    if (!account) throw new PaymentRefusedError('the offer takes no direct payments')
    // First, so that from this block on the payment's use is found; and because x402 takes a chain that is away for a bad payment.
    const fromBlock = await available(getBlockNumber(client, { cacheTime: 0 }))
    const requirements = exactRequirements({ token, account, offerId: payment.offerId, amount: payment.amount })
    const { isValid, invalidReason, invalidMessage } = await scheme.verify(
      payloadOf(payment, requirements),
      requirements,
    )
    if (!isValid) {
      await available(getBlockNumber(client, { cacheTime: 0 }))
      throw new PaymentRefusedError(invalidReason ?? 'x402 does not say why', { cause: invalidMessage })
    }
    if (reserved > 0n) {
      const query = { address: token.verifyingContract, abi: ERC20, functionName: 'balanceOf' } as const
      const balance = await available(readContract(client, { ...query, args: [payment.payer] }))
      if (balance < reserved + payment.amount)
        throw new PaymentRefusedError(`${payment.payer} has ${balance} wei, of which other calls count on ${reserved}`)
    }
    return { fromBlock }
  }
}

/** What x402 needs to know of one way to pay an offer directly. `maxTimeoutSeconds` has no part in a check. */
export function exactRequirements(terms: {
  token: TokenDomain
  account: Address
  offerId: Hex
  amount: bigint
  maxTimeoutSeconds?: number
}): PaymentRequirements {
  const { token, account, offerId, amount, maxTimeoutSeconds = 0 } = terms
  const { name, version, chainId, verifyingContract: asset } = token
  return {
    ...{ scheme: 'exact', network: `eip155:${chainId}`, asset, amount: amount.toString(), payTo: account },
    ...{ maxTimeoutSeconds, extra: { name, version, offerId } },
  }
}

function payloadOf(payment: DirectPayment, accepted: PaymentRequirements): PaymentPayload {
  const { payer: from, amount, validAfter, validBefore, nonce, signature } = payment
  const times = { validAfter: validAfter.toString(), validBefore: validBefore.toString() }
  const authorization = { from, to: accepted.payTo, value: amount.toString(), ...times, nonce }
  return { x402Version: 2, accepted, payload: { authorization, signature } }
}

async function available<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise
  } catch (error) {
    throw new NodeChainUnavailableError(error)
  }
}

/** What the facilitator reads with. It never sends here: settlement is by the batch. */
function facilitatorSigner(client: ReadClient): ConstructorParameters<typeof ExactEvmScheme>[0] {
  const never = () => Promise.reject(new TypeError('the facilitator does not send here'))
  return {
    getAddresses: () => [],
    readContract: (call) => readContract(client, call as Parameters<typeof readContract>[1]),
    getCode: (call) => getCode(client, call),
    verifyTypedData: never,
    writeContract: never,
    sendTransaction: never,
    waitForTransactionReceipt: never,
  }
}
