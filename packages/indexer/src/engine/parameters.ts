import type { Deployment } from '@stoa/sdk'

export type StartIndexerParameters = {
  /** Where the index keeps its tables and work files; made if it is missing, and the index's own. */
  folder: string
  rpcUrl: string
  deployment: Deployment
  /** First block that may hold an event of the deployment; 0. */
  fromBlock?: number
  /** Port of 127.0.0.1. */
  port: number
  /** URL of a PostgreSQL database, one for each local chain; without it tables are files in `folder`. */
  databaseUrl?: string
  /** Milliseconds between looks at the chain's head, at least 100; 200 for a chain on this machine, else 1,000. */
  pollingInterval?: number
  /** Ends the process when it aborts. */
  signal?: AbortSignal
}
