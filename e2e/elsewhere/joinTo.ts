import { connect, type NetConnectOpts, type Socket } from 'node:net'
import { pipeline } from 'node:stream'

/** Joins a connection to another one, made here: what one says the other gets, and both end together. */
export function joinTo(socket: Socket, to: NetConnectOpts): void {
  const other = connect(to)
  pipeline(socket, other, socket, () => {
    socket.destroy()
    other.destroy()
  })
}
