import { DEVELOPMENT_KEYS, startChain } from '@stoa/localnet'
import type { Hex } from '@stoa/protocol'
import { pageStepsAbi, textStepsAbi } from '@stoa/protocol/abi'
import { pageStepsBytecode, textStepsBytecode } from '@stoa/protocol/bytecode'
import { createChainClient } from '@stoa/sdk'
import { encodeFunctionData } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { call, deployContract, estimateGas, readContract, waitForTransactionReceipt } from 'viem/actions'
import type { PageEvidence } from '../pageEvidence.ts'

/** What a page's trace commits to, as the contract takes it (contracts/src/types/Page.sol). */
export type PageClaims = { readonly weights: Hex; readonly tree: Hex; readonly entries: number }

export type Asked = { readonly claims: PageClaims; readonly entry: number; readonly evidence: PageEvidence }

/** The contract `PageSteps` on a chain of its own. It throws what viem throws where it reverts. */
export type PageStepsContract = {
  shapeOf(asked: Asked): Promise<{ type: number; dims: readonly number[] }>
  elementOf(asked: Asked & { readonly element: number }): Promise<bigint>
  isComplete(asked: Omit<Asked, 'entry'>): Promise<boolean>
  /** Calldata of `elementOf`, and what any calldata is answered; undefined where it reverts. */
  elementData(asked: Asked & { readonly element: number }): Hex
  answerTo(data: Hex): Promise<Hex | undefined>
  /** What `elementOf` costs as a transaction of its own. */
  gasOf(asked: Asked & { readonly element: number }): Promise<number>
  close(): Promise<void>
}

export async function openPageSteps(): Promise<PageStepsContract> {
  const chain = await startChain()
  const client = createChainClient({ ...chain, account: privateKeyToAccount(DEVELOPMENT_KEYS[0]) })
  const deployed = async (hash: Hex) => {
    const { contractAddress } = await waitForTransactionReceipt(client, { hash })
    if (!contractAddress) throw new Error('the contract was not deployed')
    return contractAddress
  }
  const texts = await deployed(await deployContract(client, { abi: textStepsAbi, bytecode: textStepsBytecode }))
  const creation = { abi: pageStepsAbi, bytecode: pageStepsBytecode, args: [texts] } as const
  const contract = { abi: pageStepsAbi, address: await deployed(await deployContract(client, creation)) } as const
  const elementArgs = ({ claims, entry, element, evidence }: Asked & { readonly element: number }) =>
    [claims, BigInt(entry), BigInt(element), evidence] as const
  const elementData = (asked: Asked & { readonly element: number }) =>
    encodeFunctionData({ ...contract, functionName: 'elementOf', args: elementArgs(asked) })
  return {
    async shapeOf({ claims, entry, evidence }) {
      const args = [claims, BigInt(entry), evidence] as const
      const [type, dims] = await readContract(client, { ...contract, functionName: 'shapeOf', args })
      return { type, dims }
    },
    elementOf: (asked) => readContract(client, { ...contract, functionName: 'elementOf', args: elementArgs(asked) }),
    isComplete: ({ claims, evidence }) =>
      readContract(client, { ...contract, functionName: 'isComplete', args: [claims, evidence] }),
    elementData,
    async answerTo(data) {
      try {
        return (await call(client, { to: contract.address, data })).data
      } catch {
        return undefined
      }
    },
    async gasOf(asked) {
      const data = elementData(asked)
      return Number(await estimateGas(client, { to: contract.address, data }))
    },
    close: () => chain.stop(),
  }
}
