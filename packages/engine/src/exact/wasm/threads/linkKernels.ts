/** A compiled kernel: does units `begin` to `end` of the step whose parameters are at `words`. */
export type KernelFunction = (words: number, begin: number, end: number, scratch: number) => void

/** Compiles a module of kernels and adds them to `functions` by number. */
export function linkKernels(
  bytes: Uint8Array<ArrayBuffer>,
  memory: WebAssembly.Memory,
  functions: KernelFunction[],
): void {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { stoa: { memory } })
  for (const [name, kernel] of Object.entries(instance.exports)) functions[Number(name)] = kernel as KernelFunction
}
