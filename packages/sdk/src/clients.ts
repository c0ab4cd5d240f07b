import type { Account, Chain, Client, Transport } from 'viem'

/** Any viem client: what reading needs. */
export type ReadClient = Client<Transport, Chain | undefined, Account | undefined>

/** A viem client with an account, local or a wallet's: what writing needs. */
export type WriteClient = Client<Transport, Chain | undefined, Account>
