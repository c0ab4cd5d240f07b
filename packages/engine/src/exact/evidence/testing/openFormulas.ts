import { DEVELOPMENT_KEYS, startChain } from '@stoa/localnet'
import type { Hex } from '@stoa/protocol'
import { formulasAbi } from '@stoa/protocol/abi'
import { formulasBytecode } from '@stoa/protocol/bytecode'
import { createChainClient } from '@stoa/sdk'
import { encodeFunctionData, hexToBytes } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { call, deployContract, estimateGas, readContract, waitForTransactionReceipt } from 'viem/actions'
import type { ElementPlace, Formula } from '../../formula/index.ts'
import type { Claims, Evidence } from '../types.ts'

/** What a question to the contract is about. */
export type Question = ElementPlace & {
  readonly formula: Formula
  readonly claims: Claims
  readonly evidence: Evidence
}

/** What a question costs as a transaction of its own, in gas. */
export type Gas = {
  /** With 21,000 for the transaction, and no less than EIP-7623 asks for its calldata. */
  readonly total: number
  readonly calldata: number
  readonly bytes: number
}

/** The contract `Formulas` on a chain of its own. Its answers are as TypeScript's; it throws what viem throws where it reverts. */
export type FormulasContract = {
  shapeOf(question: Question): Promise<{ storedType: number; dims: readonly number[] }>
  chunksOf(question: Question): Promise<readonly number[]>
  elementOf(question: Question, folded: readonly bigint[]): Promise<bigint>
  chunkOf(question: Question, fold: number, chunk: number, before: bigint | undefined): Promise<bigint>
  /** Calldata of `elementOf`, and what any calldata is answered. */
  elementData(question: Question, folded: readonly bigint[]): Hex
  answerTo(data: Hex): Promise<Hex | undefined>
  elementGas(question: Question, folded: readonly bigint[]): Promise<Gas>
  chunkGas(question: Question, fold: number, chunk: number, before: bigint | undefined): Promise<Gas>
  close(): Promise<void>
}

export async function openFormulas(): Promise<FormulasContract> {
  const chain = await startChain()
  const client = createChainClient({ ...chain, account: privateKeyToAccount(DEVELOPMENT_KEYS[0]) })
  const hash = await deployContract(client, { abi: formulasAbi, bytecode: formulasBytecode })
  const { contractAddress: address } = await waitForTransactionReceipt(client, { hash })
  if (!address) throw new Error('the contract was not deployed')
  const contract = { abi: formulasAbi, address } as const

  const place = ({ formula, dims, element }: Question) =>
    [bytesOf(formula), dims, BigInt(element)] as const satisfies readonly unknown[]
  const proof = ({ claims, evidence }: Question) => [claims, evidence] as const
  const elementArgs = (question: Question, folded: readonly bigint[]) =>
    [...place(question), folded, ...proof(question)] as const
  const chunkArgs = (question: Question, fold: number, chunk: number, before = 0n) =>
    [...place(question), fold, chunk, before, ...proof(question)] as const

  return {
    async shapeOf(question) {
      const args = [bytesOf(question.formula), ...proof(question)] as const
      const [storedType, dims] = await readContract(client, { ...contract, functionName: 'shapeOf', args })
      return { storedType, dims }
    },
    chunksOf: (question) =>
      readContract(client, { ...contract, functionName: 'chunksOf', args: [...place(question), ...proof(question)] }),
    elementOf: (question, folded) =>
      readContract(client, { ...contract, functionName: 'elementOf', args: elementArgs(question, folded) }),
    chunkOf: (question, fold, chunk, before) =>
      readContract(client, { ...contract, functionName: 'chunkOf', args: chunkArgs(question, fold, chunk, before) }),
    elementData: (question, folded) =>
      encodeFunctionData({ ...contract, functionName: 'elementOf', args: elementArgs(question, folded) }),
    answerTo: async (data) => (await call(client, { to: address, data })).data,
    async elementGas(question, folded) {
      const data = encodeFunctionData({ ...contract, functionName: 'elementOf', args: elementArgs(question, folded) })
      return gasOf(data, Number(await estimateGas(client, { to: address, data })))
    },
    async chunkGas(question, fold, chunk, before) {
      const args = chunkArgs(question, fold, chunk, before)
      const data = encodeFunctionData({ ...contract, functionName: 'chunkOf', args })
      return gasOf(data, Number(await estimateGas(client, { to: address, data })))
    },
    close: () => chain.stop(),
  }
}

const bytesOf = ({ bytes }: Formula): Hex => `0x${Buffer.from(bytes).toString('hex')}`

function gasOf(data: Hex, total: number): Gas {
  const bytes = hexToBytes(data)
  const zeros = bytes.filter((byte) => byte === 0).length
  return { total, calldata: 4 * zeros + 16 * (bytes.length - zeros), bytes: bytes.length }
}
