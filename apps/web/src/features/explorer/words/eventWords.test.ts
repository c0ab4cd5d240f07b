import {
  erc20Abi,
  escrowAbi,
  graphArbiterAbi,
  modelRegistryAbi,
  offerPaymentsAbi,
  providerRegistryAbi,
  revenueSinkAbi,
  smallModelsAbi,
} from '@stoa/protocol/abi'
import type { Abi } from 'viem'
import { expect, it } from 'vitest'
import { eventWords } from './eventWords.ts'
import type { Part } from './parts.ts'

const CONTRACTS: Readonly<Record<string, Abi>> = {
  modelRegistry: modelRegistryAbi,
  providerRegistry: providerRegistryAbi,
  escrow: escrowAbi,
  revenueSink: revenueSinkAbi,
  offerPayments: offerPaymentsAbi,
  arbiter: graphArbiterAbi,
  smallModels: smallModelsAbi,
  token: erc20Abi.filter((item) => item.type === 'event' && item.name === 'Transfer'),
}

const SENDER = '0x00000000000000000000000000000000000000aa'
const VALUES: readonly (readonly [RegExp, unknown])[] = [
  [/^address$/, '0x00000000000000000000000000000000000000bb'],
  [/^bytes32$/, `0x${'cd'.repeat(32)}`],
  [/^uint8$/, 1],
  [/^u?int/, '12'],
  [/^bool$/, true],
  [/^string$/, 'https://provider.example'],
  [/^tuple$/, { unit: 0, price: '12', proofKind: 0 }],
]

const events = Object.entries(CONTRACTS).flatMap(([contract, abi]) =>
  abi.flatMap((item) => (item.type === 'event' ? [{ contract, name: item.name, inputs: item.inputs }] : [])),
)

it.each(events)('$contract.$name has a sentence, with every account and amount of it to look up', (event) => {
  const { contract, name, inputs } = event
  const args = Object.fromEntries(
    inputs.map(({ name: arg, type }) => [arg, VALUES.find(([pattern]) => pattern.test(type))?.[1] ?? '0x']),
  )
  const parts = eventWords({ contract, name, sender: SENDER, args })
  expect(parts.length).toBeGreaterThan(1)
  expect(parts).not.toContainEqual({ words: name })
  expect(plain(parts)).not.toMatch(/undefined|NaN|unknown/)
})

it('reads as a sentence', () => {
  const args = { payer: '0x00000000000000000000000000000000000000bb', amount: '5', key: `0x${'0'.repeat(40)}` }
  const parts = eventWords({ contract: 'escrow', name: 'Deposited', sender: SENDER, args })
  expect(parts).toEqual([{ account: SENDER }, ' deposited ', { wei: 5n }, ' for ', { account: args.payer }])
})

it('tells what it does not know by name, and what is not what it should be as it came', () => {
  expect(plain(eventWords({ contract: 'escrow', name: 'Other', sender: SENDER, args: { a: '1' } }))).toBe(
    'escrow: Other {"a":"1"}',
  )
  const args = { payer: '<script>', amount: '1e9', key: null }
  expect(plain(eventWords({ contract: 'escrow', name: 'Deposited', sender: SENDER, args }))).toContain('<script>')
})

function plain(parts: readonly Part[]): string {
  return parts.map((part) => (typeof part === 'string' ? part : String(Object.values(part)[0]))).join('')
}
