/** Cores that this process may use. */
export async function availableParallelism(): Promise<number> {
  if (!('process' in globalThis)) return navigator.hardwareConcurrency
  const os = await import('node:os')
  return os.availableParallelism()
}
