import { createNode } from '@stoa/node'
import { hexToBytes } from '@stoa/protocol'
import { diskBlobStore } from '@stoa/storage'
import { serveOrders } from './serveOrders.ts'

// A provider's node in a process of its own.
const { blobsFolder, signerKey, ...parameters } = JSON.parse(process.argv[2] ?? '{}')
for (const name of ['thresholdWei']) parameters.settlement[name] = BigInt(parameters.settlement[name])
const node = await createNode({
  ...parameters,
  signerKey: hexToBytes(signerKey),
  blobs: await diskBlobStore({ folder: blobsFolder }),
})
const { url } = await node.listen({ host: '127.0.0.1', port: 0 })
serveOrders(url, {
  settle: async () => (await node.settleNow()).owedWei,
  owed: async () => node.status().owedWei,
  close: async () => {
    await node.close()
    return 0n
  },
})
