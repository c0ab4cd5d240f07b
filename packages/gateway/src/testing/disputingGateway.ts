import { hexToBytes } from '@stoa/protocol'
import { createGateway } from '../createGateway.ts'
import type { GatewayParameters } from '../gateway.ts'

// A gateway in a process of its own, which tells each step of its disputes in a line, until it is killed or its parent is gone.
process.on('disconnect', () => process.exit())
const { sessionKey, ...given } = JSON.parse(process.argv[2] ?? '') as Omit<GatewayParameters, 'sessionKey'> & {
  sessionKey: `0x${string}`
}
await createGateway({
  ...given,
  sessionKey: hexToBytes(sessionKey),
  logger(event) {
    if (event.type === 'dispute') process.stdout.write(`${event.step} ${event.words}\n`)
  },
})
