// By its name alone: a whole `viem/accounts` asked for by `import()` would bring the word lists of mnemonics in eleven languages along.
export { privateKeyToAccount } from 'viem/accounts'
