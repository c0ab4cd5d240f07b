import { escrowAbi } from '@stoa/protocol/abi'
import { encodeFunctionData } from 'viem'
import { expect, it } from 'vitest'
import { callName } from './callName.ts'

it('names a call by what it calls', () => {
  const data = encodeFunctionData({ abi: escrowAbi, functionName: 'requestWithdrawal', args: [5n] })
  expect(callName(data)).toBe('requestWithdrawal')
  expect(callName('0x')).toBe('a plain transfer')
  expect(callName('0xdeadbeef00')).toBe('0xdeadbeef')
})
