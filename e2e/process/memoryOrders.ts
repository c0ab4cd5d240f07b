import { readdirSync } from 'node:fs'
import type { Orders } from './serveOrders.ts'

/** What a process holds: bytes of memory in all, of JavaScript's heap once collected (with `--expose-gc`), and open files and sockets (Linux; 0 elsewhere). */
export const MEMORY_ORDERS: Orders = {
  rss: async () => BigInt(process.memoryUsage.rss()),
  heap: async () => {
    globalThis.gc?.()
    return BigInt(process.memoryUsage().heapUsed)
  },
  descriptors: async () => (process.platform === 'linux' ? BigInt(readdirSync('/proc/self/fd').length) : 0n),
}
