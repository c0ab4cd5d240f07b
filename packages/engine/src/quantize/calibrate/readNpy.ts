import { InvalidSamplesError } from '../errors.ts'
import type { Feed } from './observe.ts'

const decoder = new TextDecoder('latin1')

/** NumPy's file format (NEP 1), for little-endian float32 in row-major order. Throws `InvalidSamplesError`. */
export function readNpy(bytes: Uint8Array, name: string): Feed {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 12 || bytes[0] !== 0x93 || decoder.decode(bytes.subarray(1, 6)) !== 'NUMPY') {
    throw new InvalidSamplesError(`${name} is no .npy file`)
  }
  const [lengthBytes, start] = bytes[6] === 1 ? [view.getUint16(8, true), 10] : [view.getUint32(8, true), 12]
  const header = decoder.decode(bytes.subarray(start, start + lengthBytes))
  const shape = /'shape': \(([\d, ]*)\)/.exec(header)?.[1]
  if (!header.includes("'descr': '<f4'") || !header.includes("'fortran_order': False") || shape === undefined) {
    throw new InvalidSamplesError(`${name} does not hold float32 in row-major order`)
  }
  const dims = shape.split(',').flatMap((text) => (text.trim() === '' ? [] : [Number(text)]))
  // A copy: the file's memory need not begin at a multiple of four bytes.
  const data = new Uint8Array(bytes.subarray(start + lengthBytes))
  const count = dims.reduce((product, dim) => product * dim, 1)
  if (data.length !== 4 * count) throw new InvalidSamplesError(`${name} holds ${data.length} bytes for [${dims}]`)
  return { type: 'float32', dims, data: new Float32Array(data.buffer) }
}
