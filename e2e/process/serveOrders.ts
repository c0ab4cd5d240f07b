/** What a process is told to do, each answered with a number. */
export type Orders = Readonly<Record<string, () => Promise<bigint>>>

/** Tells the parent process where this one listens, and then does what the parent asks for. */
export function serveOrders(url: string, orders: Orders): void {
  process.on('message', async ({ id, order }: { id: number; order: string }) => {
    try {
      process.send?.({ id, value: await orders[order]?.() })
    } catch (error) {
      process.send?.({ id, error: String(error) })
    }
    if (order === 'close') process.disconnect()
  })
  // Whoever gave orders is gone.
  process.once('disconnect', () => process.exit())
  process.send?.({ url })
}
