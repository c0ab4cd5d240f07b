import { hashTypedData, parseSignature, serializeCompactSignature, signatureToCompactSignature } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { bytesToHex, type Hex } from '../hex.ts'
import type { Receipt } from '../messages/receipt.ts'
import type { Voucher } from '../messages/voucher.ts'
import { type Tensor, tensorOf, textTensor } from '../tensors/tensor.ts'
import {
  referenceBundleDigest,
  referenceEncoding,
  referenceRoot,
  referenceTensorsDigest,
  referenceTraceRoot,
} from './digests.ts'

/** Data that both sides know without listing them: byte i is i² + 7i mod 251. */
export function patternBytes(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * i + 7 * i) % 251)
}

/** The tensor lists of specs/vectors/digests.json. */
export function vectorLists(): { name: string; tensors: Tensor[] }[] {
  return [
    { name: 'no tensors', tensors: [] },
    { name: 'the text "Stoa"', tensors: [textTensor('text', 'Stoa')] },
    { name: 'an empty text', tensors: [textTensor('text', '')] },
    { name: 'an image of 1×13×17×3', tensors: [tensorOf('image', 'u8', [1, 13, 17, 3], patternBytes(663))] },
    {
      name: 'two tensors that need padding',
      tensors: [tensorOf('text', 'u8', [5], patternBytes(5)), tensorOf('offsets', 'u32', [3], Uint32Array.of(0, 2, 5))],
    },
    {
      name: 'floats, longs and a scalar',
      tensors: [
        tensorOf('scores', 'f32', [2], Float32Array.of(0.5, -1)),
        tensorOf('ids', 'i64', [2, 1], BigInt64Array.of(-1n, 1n << 40n)),
        tensorOf('count', 'i32', [], Int32Array.of(-7)),
      ],
    },
    { name: 'shorts', tensors: [tensorOf('shorts', 'i16', [3], Int16Array.of(-32768, -1, 32767))] },
  ]
}

const uint = (bits: number, name: string) => ({ name, type: `uint${bits}` })
const bytes32 = (name: string) => ({ name, type: 'bytes32' })
const types = {
  Voucher: [
    { name: 'payer', type: 'address' },
    bytes32('offerId'),
    uint(64, 'lane'),
    uint(96, 'maxCumulative'),
    uint(40, 'validUntil'),
  ],
  Receipt: [
    uint(8, 'version'),
    bytes32('offerId'),
    { name: 'payer', type: 'address' },
    uint(64, 'lane'),
    uint(96, 'voucherCumulative'),
    bytes32('weightsDigest'),
    bytes32('requestDigest'),
    bytes32('responseDigest'),
    uint(64, 'units'),
    uint(96, 'charge'),
    uint(96, 'chargedCumulative'),
    uint(40, 'requestedAt'),
    uint(40, 'answeredAt'),
  ],
}

/** EIP-712 digest by viem, the implementation that ours is compared with. */
export function referenceMessageDigest(
  primaryType: 'Voucher' | 'Receipt',
  domain: { chainId: number; verifyingContract: Hex },
  message: Record<string, unknown>,
): Hex {
  return hashTypedData({ domain: { name: 'Stoa', version: '1', ...domain }, types, primaryType, message })
}

/** The domain and messages of specs/vectors/messages.json. */
export const VECTOR_DOMAIN = { chainId: 31337, verifyingContract: `0x${'11'.repeat(20)}` } as const

/** Key of the first development account of Foundry and Hardhat. */
export const VECTOR_KEY = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80'

export function vectorMessages(): { voucher: Voucher; receipt: Receipt } {
  const payer = `0x${'22'.repeat(20)}` as const
  const offerId = `0x${'33'.repeat(32)}` as const
  const voucher = { payer, offerId, lane: 5n << 32n, maxCumulative: 123_456_789n, validUntil: 1_900_000_000 }
  const receipt = {
    version: 1,
    offerId,
    payer,
    lane: voucher.lane,
    voucherCumulative: voucher.maxCumulative,
    weightsDigest: `0x${'44'.repeat(32)}` as const,
    requestDigest: `0x${'55'.repeat(32)}` as const,
    responseDigest: `0x${'66'.repeat(32)}` as const,
    units: 307_200n,
    charge: 308n,
    chargedCumulative: 123_456_700n,
    requestedAt: 1_800_000_000,
    answeredAt: 1_800_000_001,
  }
  return { voucher, receipt }
}

async function signed(primaryType: 'Voucher' | 'Receipt', message: Record<string, unknown>) {
  const digest = referenceMessageDigest(primaryType, VECTOR_DOMAIN, message)
  const signature = parseSignature(await privateKeyToAccount(VECTOR_KEY).sign({ hash: digest }))
  return { digest, signature: serializeCompactSignature(signatureToCompactSignature(signature)) }
}

const plain = (message: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(message).map(([k, v]) => [k, typeof v === 'bigint' ? v.toString() : v]))

/** The traces of specs/vectors/digests.json: entries `t0`, `t1`, … of a shape and the pattern's bytes. */
export function vectorTraces(): { name: string; tensors: Tensor[] }[] {
  const entries = (...dims: number[][]) =>
    dims.map((d, k) => tensorOf(`t${k}`, 'u8', d, patternBytes(d.reduce((p, n) => p * n, 1))))
  return [
    { name: 'no entries', tensors: [] },
    { name: 'one entry', tensors: entries([3]) },
    { name: 'five entries', tensors: entries([1, 2, 2, 3], [513], [], [0], [40, 40]) },
  ]
}

/** Contents of the files under specs/vectors, computed by the independent implementations alone. */
export async function makeVectors(): Promise<Record<string, unknown>> {
  const { voucher, receipt } = vectorMessages()
  const files = [
    { path: 'model.onnx', bytes: 1025, root: bytesToHex(referenceRoot(patternBytes(1025))) },
    { path: 'keys.txt', bytes: 3, root: bytesToHex(referenceRoot(patternBytes(3))) },
  ]
  return {
    'digests.json': {
      pattern: 'byte i is (i*i + 7*i) mod 251',
      roots: [0, 1, 511, 512, 513, 1024, 1025, 2048, 2049, 5000].map((bytes) => ({
        bytes,
        root: bytesToHex(referenceRoot(patternBytes(bytes))),
      })),
      tensorLists: vectorLists().map(({ name, tensors }) => ({
        name,
        encoding: bytesToHex(referenceEncoding(tensors)),
        digest: referenceTensorsDigest(tensors),
      })),
      traces: vectorTraces().map(({ name, tensors }) => ({ name, root: referenceTraceRoot(tensors) })),
      bundle: { files, digest: referenceBundleDigest(files) },
    },
    'messages.json': {
      domain: { name: 'Stoa', version: '1', ...VECTOR_DOMAIN },
      privateKey: VECTOR_KEY,
      voucher: { message: plain(voucher), ...(await signed('Voucher', voucher)) },
      receipt: { message: plain(receipt), ...(await signed('Receipt', receipt)) },
    },
  }
}
