import { randomBytes } from 'node:crypto'
import { DEVELOPMENT_KEYS, deployStoa, fundAccount, type GasFigures, measureGas, startChain } from '@stoa/localnet'
import { bytesToHex } from '@stoa/protocol'
import { stoaUsdAbi } from '@stoa/protocol/abi'
import { AUTHORIZATION, createChainClient, type Deployment, sendCall, type WriteClient } from '@stoa/sdk'
import { encodeFunctionData, parseSignature } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { type BenchGoal, type BenchResult, machine } from '../result.ts'

const PEER = 'x402 exact (EIP-3009) per payment'

/** What each figure is beside a payment by x402, and the goal that was set for it. */
const CASES: Readonly<Record<keyof GasFigures, { label: string; target: number }>> = {
  onboard: { label: 'onboard: deposit and key, one transaction', target: 100_000 },
  settleFirst: { label: 'a claim alone, first on its lane', target: 75_000 },
  settleRepeat: { label: 'a claim alone, repeat', target: 50_000 },
  batch50SameOffer: { label: 'a claim of 50 under one offer, repeat', target: 21_000 },
  batch50DistinctOffers: { label: 'a claim of 50 under 50 offers, repeat', target: 30_000 },
  batch50First: { label: 'a claim of 50 under 50 offers, first', target: 46_000 },
}

/**
 * Gas of the ledger's transactions beside the peer's: `gasUsed` of receipts, on anvil's default fork. A claim settles any number of
 * calls; an x402 `exact` payment pays one.
 */
export async function run(): Promise<BenchResult> {
  const chain = await startChain()
  try {
    const faucet = createChainClient({ ...chain, account: privateKeyToAccount(DEVELOPMENT_KEYS[0]) })
    const deployment = await deployStoa(faucet)
    const gas = await measureGas({ rpcUrl: chain.rpcUrl, deployment })
    const peer = await measureExactPayment(faucet, deployment)
    const cases = Object.entries(CASES) as [keyof GasFigures, { label: string; target: number }][]
    return {
      name: 'gas',
      machine: machine(),
      rows: cases.map(([name, { label }]) => {
        return { case: label, ours: gas[name], peer, peerName: PEER, ratio: gas[name] / peer, unit: 'gas' }
      }),
      goals: cases.map(([name, { target }]): BenchGoal => {
        return { goal: name, value: gas[name], target, unit: 'gas', met: gas[name] <= target }
      }),
    }
  } finally {
    await chain.stop()
  }
}

/**
 * One payment as an x402 facilitator settles scheme `exact` on an EVM chain: `transferWithAuthorization` on the same token. The payer
 * keeps money and the payee had some before, so this is the peer's cheap, repeated payment.
 */
async function measureExactPayment(facilitator: WriteClient, deployment: Deployment): Promise<number> {
  const { chainId, token } = deployment
  const payer = privateKeyToAccount(bytesToHex(randomBytes(32)))
  const payee = privateKeyToAccount(bytesToHex(randomBytes(32))).address
  await fundAccount(facilitator, { deployment, to: payer.address, usd: 1_000_000n })
  await fundAccount(facilitator, { deployment, to: payee, usd: 1n })
  const message = {
    from: payer.address,
    to: payee,
    value: 1_000n,
    validAfter: 0n,
    validBefore: BigInt(Math.floor(Date.now() / 1_000) + 3_600),
    nonce: bytesToHex(randomBytes(32)),
  }
  const signature = await payer.signTypedData({
    domain: { name: 'Stoa Test Dollar', version: '1', chainId, verifyingContract: token },
    types: { TransferWithAuthorization: AUTHORIZATION },
    primaryType: 'TransferWithAuthorization',
    message,
  })
  const { r, s, yParity } = parseSignature(signature)
  const { from, to, value, validAfter, validBefore, nonce } = message
  const data = encodeFunctionData({
    abi: stoaUsdAbi,
    functionName: 'transferWithAuthorization',
    args: [from, to, value, validAfter, validBefore, nonce, 27 + yParity, r, s],
  })
  const { gasUsed } = await sendCall(facilitator, chainId, { to: token, data })
  return Number(gasUsed)
}
