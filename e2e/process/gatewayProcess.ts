import nodeModule from 'node:module'
import { createGateway } from '@stoa/gateway'
import { hexToBytes } from '@stoa/protocol'
import { MEMORY_ORDERS } from './memoryOrders.ts'
import { serveOrders } from './serveOrders.ts'

// A buyer's gateway in a process of its own.
const { sessionKey, ...parameters } = JSON.parse(process.argv[2] ?? '{}')
const gateway = await createGateway({ ...parameters, sessionKey: hexToBytes(sessionKey) })
const { url } = await gateway.listen({ port: 0 })
// It ends by being killed, when it is too late to keep what was compiled.
nodeModule.flushCompileCache()
serveOrders(url, {
  ...MEMORY_ORDERS,
  /** Calls whose outcome is not known yet. */
  open: async () => {
    const { inFlight, doubt } = gateway.status().lanes
    return BigInt(inFlight + doubt)
  },
  close: async () => {
    await gateway.close()
    return 0n
  },
})
