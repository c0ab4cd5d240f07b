import { expect, test } from 'vitest'
import { readNpy } from './readNpy.ts'

function npy(header: string, data: Uint8Array): Uint8Array {
  const text = new TextEncoder().encode(header.padEnd(63, ' ').concat('\n'))
  const bytes = new Uint8Array(10 + text.length + data.length)
  bytes.set([0x93, 78, 85, 77, 80, 89, 1, 0, text.length & 255, text.length >> 8])
  bytes.set(text, 10)
  bytes.set(data, 10 + text.length)
  return bytes
}

const floats = new Uint8Array(Float32Array.of(1, -2, 3.5, 4, 5, 6).buffer)

test('reads what numpy.save writes', () => {
  const file = npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", floats)
  expect(readNpy(file, 'a.npy')).toEqual({ type: 'float32', dims: [2, 3], data: Float32Array.of(1, -2, 3.5, 4, 5, 6) })
})

test.each([
  ['no file of NumPy', new Uint8Array(20), 'a.npy is no .npy file'],
  ['doubles', npy("{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }", floats), 'does not hold float32'],
  ['columns first', npy("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }", floats), 'row-major'],
  [
    'a file that was cut off',
    npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 4), }", floats),
    'holds 24 bytes for [2,4]',
  ],
])('refuses %s', (_, file, message) => {
  expect(() => readNpy(file, 'a.npy')).toThrow(message)
})
