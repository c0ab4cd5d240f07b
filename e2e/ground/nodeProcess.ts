import { createNode } from '@stoa/node'
import { hexToBytes } from '@stoa/protocol'
import { diskBlobStore } from '@stoa/storage'

// A provider's node in a process of its own, so that a test can kill it. Prints its URL when it listens. Ends with its parent.
process.on('disconnect', () => process.exit())
const { blobsFolder, signerKey, endpointKey, ...parameters } = JSON.parse(process.argv[2] ?? '{}')
const blobs = await diskBlobStore({ folder: blobsFolder })
const node = await createNode({
  ...parameters,
  signerKey: hexToBytes(signerKey),
  endpointKey: hexToBytes(endpointKey),
  blobs,
})
console.log((await node.listen({ host: '127.0.0.1', port: 0 })).url)
