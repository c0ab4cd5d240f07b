import { createGateway } from '@stoa/gateway'
import { hexToBytes } from '@stoa/protocol'

// A gateway in a process of its own, so that a test can kill it. Prints its URL when it listens. Ends with its parent.
process.on('disconnect', () => process.exit())
const { sessionKey, ...parameters } = JSON.parse(process.argv[2] ?? '{}')
const gateway = await createGateway({ ...parameters, sessionKey: hexToBytes(sessionKey) })
console.log((await gateway.listen({ port: 0 })).url)
