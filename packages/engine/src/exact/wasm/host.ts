/** Whether this is Node rather than a browser. */
export const isNode: boolean = typeof process === 'object' && typeof process.versions?.node === 'string'

/** Cores that this process may use. */
export async function coreCount(): Promise<number> {
  if (!isNode) return navigator.hardwareConcurrency
  const os = await import('node:os')
  return os.availableParallelism()
}

/** Whether this thread may sleep: any but the one that shows a browser's page. */
export const maySleep = (): boolean => isNode || !('document' in globalThis)
