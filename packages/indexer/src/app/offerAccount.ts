import type { Hex } from '@stoa/protocol'
import { concatHex, getContractAddress, keccak256, zeroHash } from 'viem'

/** Around the implementation's address in the code that makes a clone with 32 bytes of arguments behind it (OpenZeppelin's `Clones`, ERC-1167). */
const [BEFORE, AFTER] = ['0x61004d3d81600a3d39f3363d3d373d3d3d363d73', '0x5af43d82803e903d91602b57fd5bf3'] as const

/** `OfferPayments.accountOf`, without asking: the address of an offer's account (specs/x402.md), in lower case. */
export function offerAccount(offerPayments: Hex, offerId: Hex): Hex {
  // The first contract that a contract creates has nonce 1 (EIP-161).
  const implementation = getContractAddress({ from: offerPayments, nonce: 1n })
  const bytecodeHash = keccak256(concatHex([BEFORE, implementation, AFTER, offerId]))
  const options = { opcode: 'CREATE2', from: offerPayments, salt: zeroHash, bytecodeHash } as const
  return getContractAddress(options).toLowerCase() as Hex
}
