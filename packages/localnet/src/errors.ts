import { BaseError } from '@stoa/protocol'

/** No anvil for this machine is installed. */
export class AnvilMissingError extends BaseError {
  override name = 'AnvilMissingError'
  constructor(platform: string, cause: unknown) {
    super(`The local chain's program, anvil, is not installed for ${platform}.`, {
      code: 'ANVIL_MISSING',
      hint: 'Run "npm ci" without --omit=optional. Where there is no anvil for the machine, give the RPC URL of another chain.',
      cause,
    })
  }
}

/** Something else listens where the chain should. */
export class PortInUseError extends BaseError {
  override name = 'PortInUseError'
  readonly port: number
  constructor(port: number) {
    super(`Port ${port} is in use.`, {
      code: 'PORT_IN_USE',
      hint: 'Stop the program that listens there (another local chain?), or choose another port.',
    })
    this.port = port
  }
}

/** A chain already runs on this folder's state. */
export class FolderInUseError extends BaseError {
  override name = 'FolderInUseError'
  readonly pid: number
  constructor(folder: string, pid: number) {
    super(`A local chain already runs from ${folder} (kept by process ${pid}).`, {
      code: 'FOLDER_IN_USE',
      hint: 'Use that chain, or stop it first: two chains would overwrite each other’s state.',
    })
    this.pid = pid
  }
}

/** Anvil ended, or did not answer, at its start. */
export class ChainStartError extends BaseError {
  override name = 'ChainStartError'
  constructor(why: string, stateFile?: string) {
    super(`The local chain did not start: ${why}`, {
      code: 'CHAIN_START_FAILED',
      hint: stateFile
        ? `If its state is damaged, move ${stateFile} away: the chain then begins anew.`
        : 'See what anvil says above.',
    })
  }
}

/** The chain was stopped and its last state could not be written. */
export class ChainNotSavedError extends BaseError {
  override name = 'ChainNotSavedError'
  constructor(stateFile: string, why: string) {
    super(`The local chain's last state was not written to ${stateFile}.`, {
      code: 'CHAIN_NOT_SAVED',
      details: why,
      hint: 'See that the disk has room and the folder can be written. The file holds an earlier, whole state.',
    })
  }
}

/** Test dollars are for chain 31337 alone. */
export class TokenNeededError extends BaseError {
  override name = 'TokenNeededError'
  constructor(chainId: number) {
    super(`Chain ${chainId} needs a real token.`, {
      code: 'TOKEN_NEEDED',
      hint: 'Give the address of the ERC-20 that stake and deposits are made in.',
    })
  }
}

/** The factory that gives contracts the same address on every chain can't be had on this one. */
export class FactoryUnavailableError extends BaseError {
  override name = 'FactoryUnavailableError'
  constructor(chainId: number, cause: unknown) {
    super(`Chain ${chainId} has no CREATE2 factory and does not take the transaction that makes it.`, {
      code: 'FACTORY_UNAVAILABLE',
      hint: 'The transaction is older than EIP-155: send it through a node that allows unprotected transactions.',
      cause,
    })
  }
}
