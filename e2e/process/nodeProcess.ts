import nodeModule from 'node:module'
import { createNode } from '@stoa/node'
import { hexToBytes } from '@stoa/protocol'
import { diskBlobStore } from '@stoa/storage'
import { MEMORY_ORDERS } from './memoryOrders.ts'
import { serveOrders } from './serveOrders.ts'

// A provider's node in a process of its own.
const { blobsFolder, signerKey, endpointKey, ...parameters } = JSON.parse(process.argv[2] ?? '{}')
const { settlement } = parameters
const node = await createNode({
  ...parameters,
  settlement: { ...settlement, thresholdWei: BigInt(settlement.thresholdWei) },
  signerKey: hexToBytes(signerKey),
  endpointKey: hexToBytes(endpointKey),
  blobs: await diskBlobStore({ folder: blobsFolder }),
})
const { url } = await node.listen({ host: '127.0.0.1', port: 0 })
// It ends by being killed, when it is too late to keep what was compiled.
nodeModule.flushCompileCache()
serveOrders(url, {
  ...MEMORY_ORDERS,
  settle: async () => (await node.settleNow()).owedWei,
  owed: async () => node.status().owedWei,
  /** Signed transfers on their way to the chain. */
  pending: async () => BigInt(node.status().pendingPayments),
  close: async () => {
    await node.close()
    return 0n
  },
})
