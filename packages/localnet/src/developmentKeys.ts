import type { Hex } from '@stoa/protocol'

/**
 * Private keys of the first three accounts that anvil funds with 10,000 Ether each (mnemonic "test test test test test test test test test
 * test test junk", path m/44'/60'/0'/0/i). Everybody knows them: for local chains only. The first mints local test dollars.
 */
export const DEVELOPMENT_KEYS = [
  '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80',
  '0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d',
  '0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a',
] as const satisfies readonly Hex[]
