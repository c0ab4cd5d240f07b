import { BaseError } from '@stoa/protocol'

/** The index's process ended before it answered, or by itself. */
export class IndexEndedError extends BaseError {
  override name = 'IndexEndedError'
  /** Whether it gave up: nobody killed it. */
  readonly byItself: boolean
  constructor(code: number | null, signal: string | null, said: string) {
    super(`The index ended (${signal ?? `code ${code}`}).`, {
      code: 'INDEX_ENDED',
      ...(said && { details: said }),
      hint: 'It is a cache: "stoa up" starts it again, and nothing is lost.',
      retry: true,
    })
    this.byItself = signal === null && code !== 0
  }
}

/** The chain that is to be indexed does not answer. */
export class IndexChainError extends BaseError {
  override name = 'IndexChainError'
  constructor(rpcUrl: string, cause: unknown) {
    super(`The chain at ${rpcUrl} does not answer the index.`, {
      code: 'CHAIN_UNAVAILABLE',
      hint: 'Look whether it runs, and whether the URL is right.',
      retry: true,
      cause,
    })
  }
}

/** Another process has the index's folder. */
export class IndexInUseError extends BaseError {
  override name = 'IndexInUseError'
  constructor(folder: string, pid: number) {
    super(`The index in ${folder} is in use by process ${pid}.`, {
      code: 'INDEX_IN_USE',
      hint: 'Stop that one, or give another folder.',
    })
  }
}
