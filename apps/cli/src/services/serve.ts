import { BaseError } from '@stoa/protocol'
import { toJson } from '../output/printer.ts'
import { type Notice, type Order, orderSchema } from './messages.ts'

/** A service under its parent: where it listens, what to show of it, and what it does on request. */
export type Service = {
  url: string
  info: Record<string, unknown>
  settle(): Promise<unknown>
  status(): Promise<unknown>
  close(): Promise<void>
}

/** Milliseconds in which a service without its parent finishes what is under way: the parent's chain ends meanwhile, so waiting longer for that is of no use. */
const ORPHAN_MS = 10_000

/** Runs a service in a forked process. Its parent stops it; without its parent it closes by itself. */
export async function serve(open: () => Promise<Service>): Promise<void> {
  const tell = (notice: Notice) => void process.send?.(notice)
  const service = await open().catch((error: unknown) => {
    tell({ type: 'failed', ...failureOf(error) })
    process.exit(1)
  })
  const stop = async () => {
    setTimeout(() => process.exit(1), ORPHAN_MS)
    await service.close()
    process.exit(0)
  }
  process.on('disconnect', stop)
  // The parent may have gone while the service opened.
  if (!process.connected) return stop()
  process.on('message', async (message) => {
    const order = orderSchema.parse(message)
    try {
      tell({ type: 'done', id: order.id, json: toJson((await obey(service, order)) ?? null) })
    } catch (error) {
      tell({ type: 'failed', id: order.id, ...failureOf(error) })
    }
    if (order.verb === 'stop') process.exit(0)
  })
  tell({ type: 'ready', url: service.url, info: service.info })
}

function obey(service: Service, { verb }: Order): Promise<unknown> {
  return verb === 'stop' ? service.close() : service[verb]()
}

function failureOf(error: unknown) {
  if (!(error instanceof BaseError))
    return { code: 'BUG', message: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  const hint = [error.details, error.hint].filter(Boolean).join(' ')
  return { code: error.code, message: error.shortMessage, ...(hint && { hint }) }
}
