import type { Tensor } from '@stoa/protocol'
import type { Parcel } from '../../worker/index.ts'

/** The same tensors in memory of their own, to be handed to another thread without another copy. */
export function detach(tensors: readonly Tensor[]): Parcel<Tensor[]> {
  const buffers: ArrayBuffer[] = []
  const message = tensors.map((tensor) => {
    const data = new Uint8Array(tensor.data)
    buffers.push(data.buffer)
    return { ...tensor, data }
  })
  return { message, buffers }
}
