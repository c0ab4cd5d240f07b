/** Does something so often, `atOnce` at a time; the seconds that all of it took. */
export async function inTurns(count: number, atOnce: number, work: (n: number) => Promise<unknown>): Promise<number> {
  let next = 0
  const started = performance.now()
  const worker = async () => {
    while (next < count) await work(next++)
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, worker))
  return (performance.now() - started) / 1000
}
