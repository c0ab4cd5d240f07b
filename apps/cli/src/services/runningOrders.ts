import type { KeptIndexer } from '@stoa/indexer'
import { draftOrders } from '../draft/draftOrders.ts'
import { CommandError } from '../errors.ts'
import type { Home } from '../home/home.ts'
import type { Orders } from './control.ts'
import type { SupervisedService } from './supervise.ts'

export type RunningOrdersParameters = {
  home: Home
  running: { node?: SupervisedService; gateway?: SupervisedService }
  index: Pick<KeptIndexer, 'state'> | undefined
  /** Ends the whole; told why. */
  finish: (why: string) => void
}

/** Why everything ends when the order `stop` came. */
export const STOP_ORDER = 'Asked to stop'

/** What each order does to the services that run. */
export function runningOrders({ home, running, index, finish }: RunningOrdersParameters): Orders {
  const { node, gateway } = running
  const needNode = () => {
    if (node) return node
    throw new CommandError('No node runs from this home.', {
      code: 'NOT_RUNNING',
      hint: 'Start one: stoa run node.',
      retry: true,
    })
  }
  const reload = async () => (await needNode().restart()).info
  return {
    ...draftOrders(home, reload),
    reload,
    status: async () => ({
      ...(node && { node: await node.current().ask('status') }),
      ...(gateway && { gateway: await gateway.current().ask('status') }),
      ...(index && { index: await index.state() }),
    }),
    settle: async () => needNode().current().ask('settle'),
    stop: async () => finish(STOP_ORDER),
  }
}
