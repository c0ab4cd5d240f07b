import { createGateway } from '@stoa/gateway'
import { createNode } from '@stoa/node'
import { hexToBytes, tensorFromJson } from '@stoa/protocol'
import { diskBlobStore } from '@stoa/storage'

// A node or a gateway in a process of its own, wherever this one was put. Tells where it listens and what happens, and does what it is told.
const { kind, listen, sessionKey, signerKey, endpointKey, blobsFolder, request, ...parameters } = JSON.parse(
  process.argv[2] ?? '{}',
)
const tell = (message: object) => void process.send?.(message)

const orders = kind === 'node' ? await openSeller() : await openBuyer()
process.on('message', async ({ id, order }: { id: number; order: string }) => {
  const answer = await orders[order]?.().catch((error: Error & { code?: string }) => error.code ?? error.message)
  tell({ id, answer })
  if (order === 'close') process.disconnect()
})

async function openSeller(): Promise<Record<string, () => Promise<unknown>>> {
  const node = await createNode({
    ...parameters,
    signerKey: hexToBytes(signerKey),
    endpointKey: hexToBytes(endpointKey),
    blobs: await diskBlobStore({ folder: blobsFolder }),
  })
  const { url } = await node.listen(listen)
  tell({ url })
  return {
    settle: async () => String((await node.settleNow()).owedWei),
    owed: async () => String(node.status().owedWei),
    close: () => node.close(),
  }
}

async function openBuyer(): Promise<Record<string, () => Promise<unknown>>> {
  const gateway = await createGateway({ ...parameters, sessionKey: hexToBytes(sessionKey) })
  tell({ url: 'none' })
  return {
    buy: async () => {
      const { costWei } = await gateway.infer({ model: 'small/graph', request: request.map(tensorFromJson) })
      return `bought for ${costWei}`
    },
    refresh: () => gateway.refresh(),
    receipts: async () => gateway.receipts({ limit: 100 }).receipts.map(({ receipt }) => String(receipt.charge)),
    open: async () => gateway.status().lanes.inFlight + gateway.status().lanes.doubt,
    close: () => gateway.close(),
  }
}
