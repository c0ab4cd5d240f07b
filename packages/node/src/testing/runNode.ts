import { hexToBytes } from '@stoa/protocol'
import { diskBlobStore } from '@stoa/storage'
import { createNode } from '../createNode.ts'

// A node in a process of its own, for tests that end it without warning. Prints its URL when it listens. Ends with its parent.
process.on('disconnect', () => process.exit())
const { blobsFolder, signerKey, ...parameters } = JSON.parse(process.argv[2] ?? '{}')
const blobs = await diskBlobStore({ folder: blobsFolder })
const node = await createNode({ ...parameters, signerKey: hexToBytes(signerKey), blobs })
const { url } = await node.listen({ host: '127.0.0.1', port: 0 })
console.log(url)
