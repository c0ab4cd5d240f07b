import { sha256 as hash } from '@noble/hashes/sha2.js'
import { concatBytes as cat } from '@noble/hashes/utils.js'
import type { BundleFile } from '../digests/bundleDigest.ts'
import { bytesToHex, type Hex, hexToBytes } from '../hex.ts'
import type { Tensor } from '../tensors/tensor.ts'

// The pages specs/digests.md and specs/tensors.md, taken literally and slowly: whole levels in memory, another hash library, no
// code shared with what the product runs. It makes the vectors and is compared with the product on random values.

const uint = (value: number | bigint, width: number) =>
  hexToBytes(
    `0x${BigInt(value)
      .toString(16)
      .padStart(2 * width, '0')}`,
    width,
  )
const ascii = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0))
const TYPES = { u8: 0, i8: 1, i32: 2, u32: 3, i64: 4, f32: 5, i16: 6 }

export function referenceRoot(bytes: Uint8Array): Uint8Array {
  let count = 1
  while (count * 512 < bytes.length) count *= 2
  const filled = cat(bytes, new Uint8Array(count * 512 - bytes.length))
  let level = Array.from({ length: count }, (_, i) => hash(cat(uint(0, 1), filled.subarray(512 * i, 512 * i + 512))))
  while (level.length > 1) {
    level = Array.from({ length: level.length / 2 }, (_, i) => {
      const [left, right] = level.slice(2 * i, 2 * i + 2)
      if (!left || !right) throw new Error('a level of a full tree is even')
      return hash(cat(uint(1, 1), left, right))
    })
  }
  return level[0] ?? new Uint8Array()
}

function header(tensor: Tensor): Uint8Array {
  const dims = tensor.dims.map((dim) => uint(dim, 4))
  return cat(
    uint(tensor.name.length, 1),
    ascii(tensor.name),
    uint(TYPES[tensor.dtype], 1),
    uint(dims.length, 1),
    ...dims,
  )
}

export function referenceTensorsDigest(tensors: readonly Tensor[]): Hex {
  const digests = tensors.map((t) => hash(cat(uint(2, 1), header(t), referenceRoot(t.data))))
  return bytesToHex(hash(cat(uint(3, 1), uint(1, 1), uint(tensors.length, 2), ...digests)))
}

export function referenceEncoding(tensors: readonly Tensor[]): Uint8Array {
  let bytes = cat(ascii('STOA'), uint(1, 1), uint(tensors.length, 1), ...tensors.map(header))
  for (const { data } of tensors) bytes = cat(bytes, new Uint8Array((8 - (bytes.length % 8)) % 8), data)
  return bytes
}

export function referenceBundleDigest(files: readonly BundleFile[]): Hex {
  const digests = files
    .map((f) => ({
      path: f.path,
      digest: hash(cat(uint(4, 1), uint(f.path.length, 1), ascii(f.path), uint(f.bytes, 8), hexToBytes(f.root))),
    }))
    .sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)))
    .map((f) => f.digest)
  return bytesToHex(hash(cat(uint(5, 1), uint(1, 1), uint(files.length, 2), ...digests)))
}

/** Root of a trace (specs/exact-inference.md) whose entries are `tensors`. */
export function referenceTraceRoot(tensors: readonly Tensor[]): Hex {
  let level = tensors.map((t) => hash(cat(uint(2, 1), header(t), referenceRoot(t.data))))
  while (level.length === 0 || !Number.isInteger(Math.log2(level.length))) level.push(new Uint8Array(32))
  while (level.length > 1) {
    level = level.flatMap((right, i) => {
      const left = level[i - 1]
      return left && i % 2 === 1 ? [hash(cat(uint(1, 1), left, right))] : []
    })
  }
  return bytesToHex(hash(cat(uint(6, 1), uint(1, 1), uint(tensors.length, 4), ...level)))
}
