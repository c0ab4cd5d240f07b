/**
 * Runs on a host: whoever connects to a port of it is connected to a server behind a Unix socket, which hosts of one machine share. Says which port.
 *
 *     node forwardProcess.ts <socket>
 */
import { createServer } from 'node:net'
import { argv, exit } from 'node:process'
import { joinTo } from './joinTo.ts'

const [, , path = ''] = argv
const server = createServer((socket) => joinTo(socket, { path }))
server.listen(0, '0.0.0.0', () => {
  const address = server.address()
  process.send?.({ url: typeof address === 'object' && address ? `http://0.0.0.0:${address.port}` : '' })
})
process.on('disconnect', () => exit())
