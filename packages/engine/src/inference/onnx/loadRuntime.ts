import { MissingRuntimeError } from '../errors.ts'

export type Runtime = typeof import('onnxruntime-node')

/**
 * Loads ONNX Runtime, which is an optional dependency. Throws `MissingRuntimeError` when it is not installed or has no build
 * for this platform. `load` is there for callers that bring their own copy.
 */
export async function loadRuntime(load: () => Promise<Runtime> = () => import('onnxruntime-node')): Promise<Runtime> {
  try {
    return await load()
  } catch (cause) {
    throw new MissingRuntimeError(cause)
  }
}
