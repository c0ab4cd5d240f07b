import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bundleDigest } from './digests/bundleDigest.ts'
import { merkleRoot, merkleState } from './digests/merkleRoot.ts'
import { traceRoot } from './digests/traceRoot.ts'
import { bytesToHex, type Hex, hexToBytes } from './hex.ts'
import { domainSeparator } from './messages/eip712.ts'
import { receiptDigest } from './messages/receipt.ts'
import { voucherDigest } from './messages/voucher.ts'
import { referenceEncoding, referenceRoot, referenceTensorsDigest, referenceTraceRoot } from './reference/digests.ts'
import {
  makeVectors,
  patternBytes,
  referenceMessageDigest,
  VECTOR_DOMAIN,
  VECTOR_KEY,
  vectorLists,
  vectorMessages,
  vectorTraces,
} from './reference/vectors.ts'
import { javascriptSecp256k1 } from './secp256k1/javascript.ts'
import { decodeTensors } from './tensors/decodeTensors.ts'
import { encodeTensors } from './tensors/encodeTensors.ts'
import { DTYPE_BYTES, DTYPES, type Tensor } from './tensors/tensor.ts'
import { tensorDigest, tensorsDigest } from './tensors/tensorsDigest.ts'

async function committed(name: string) {
  return JSON.parse(await readFile(new URL(`../../../specs/vectors/${name}`, import.meta.url), 'utf8'))
}

const tensor: fc.Arbitrary<Omit<Tensor, 'name'>> = fc
  .tuple(fc.constantFrom(...DTYPES), fc.array(fc.nat({ max: 9 }), { maxLength: 4 }))
  .chain(([dtype, dims]) => {
    const length = dims.reduce((product, dim) => product * dim, DTYPE_BYTES[dtype])
    return fc.uint8Array({ minLength: length, maxLength: length }).map((data) => ({ dtype, dims, data }))
  })
const tensors = fc
  .array(tensor, { maxLength: 16 })
  .map((list): Tensor[] => list.map((t, i) => ({ ...t, name: `t${i}` })))

describe('committed vectors', () => {
  it('are what the independent implementations say', async () => {
    for (const [name, value] of Object.entries(await makeVectors())) expect(await committed(name)).toEqual(value)
  })

  it('hold for digests', async () => {
    const { roots, tensorLists, traces, bundle } = await committed('digests.json')
    for (const { bytes, root } of roots) expect(bytesToHex(merkleRoot(patternBytes(bytes)))).toBe(root)
    for (const [i, { tensors }] of vectorLists().entries()) {
      expect(bytesToHex(encodeTensors(tensors))).toBe(tensorLists[i].encoding)
      expect(tensorsDigest(tensors)).toBe(tensorLists[i].digest)
    }
    for (const [i, { tensors }] of vectorTraces().entries())
      expect(traceRoot(tensors.map(tensorDigest))).toBe(traces[i].root)
    expect(bundleDigest(bundle.files)).toBe(bundle.digest)
  })

  it('hold for messages and their signatures', async () => {
    const vectors = await committed('messages.json')
    const { voucher, receipt } = vectorMessages()
    const separator = domainSeparator(VECTOR_DOMAIN)
    const sign = (digest: Uint8Array) => bytesToHex(javascriptSecp256k1().sign(digest, hexToBytes(VECTOR_KEY)))
    for (const [digest, vector] of [
      [voucherDigest(separator, voucher), vectors.voucher],
      [receiptDigest(separator, receipt), vectors.receipt],
    ]) {
      expect(bytesToHex(digest)).toBe(vector.digest)
      expect(sign(digest)).toBe(vector.signature)
    }
  })
})

describe('two implementations', () => {
  it('agree on roots, however the bytes arrive', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 6000 }), fc.array(fc.nat({ max: 6000 })), (bytes, cuts) => {
        const state = merkleState()
        let from = 0
        for (const to of [...cuts.sort((a, b) => a - b), bytes.length]) {
          state.write(bytes.subarray(from, Math.max(from, to)))
          from = Math.max(from, Math.min(to, bytes.length))
        }
        expect(bytesToHex(state.root())).toBe(bytesToHex(referenceRoot(bytes)))
      }),
    )
  })

  it('agree on tensor lists, which decode to themselves', () => {
    fc.assert(
      fc.property(tensors, (list) => {
        const bytes = encodeTensors(list)
        expect(bytesToHex(bytes)).toBe(bytesToHex(referenceEncoding(list)))
        expect(tensorsDigest(list)).toBe(referenceTensorsDigest(list))
        expect(decodeTensors(bytes)).toEqual(list)
      }),
    )
  })

  it('agree on traces of any length', () => {
    const list = fc
      .array(tensor, { maxLength: 40 })
      .map((all): Tensor[] => all.map((t, k) => ({ ...t, name: `t${k}` })))
    fc.assert(
      fc.property(list, (entries) => {
        expect(traceRoot(entries.map(tensorDigest))).toBe(referenceTraceRoot(entries))
      }),
    )
  })

  it('agree on EIP-712', () => {
    const bytes = (length: number) =>
      fc.uint8Array({ minLength: length, maxLength: length }).map((b): Hex => bytesToHex(b))
    const uint = (bits: number) => fc.bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n })
    const seconds = fc.nat({ max: 2 ** 31 - 1 })
    const domain = fc.record({ chainId: fc.integer({ min: 1, max: 2 ** 31 - 1 }), verifyingContract: bytes(20) })
    const call = { payer: bytes(20), offerId: bytes(32), lane: uint(64) }
    const voucher = fc.record({ ...call, maxCumulative: uint(96), validUntil: seconds })
    const receipt = fc.record({
      version: fc.nat({ max: 255 }),
      ...call,
      voucherCumulative: uint(96),
      weightsDigest: bytes(32),
      requestDigest: bytes(32),
      responseDigest: bytes(32),
      units: uint(64),
      charge: uint(96),
      chargedCumulative: uint(96),
      requestedAt: seconds,
      answeredAt: seconds,
    })
    fc.assert(
      fc.property(domain, voucher, receipt, (domain, voucher, receipt) => {
        const separator = domainSeparator(domain)
        expect(bytesToHex(voucherDigest(separator, voucher))).toBe(referenceMessageDigest('Voucher', domain, voucher))
        expect(bytesToHex(receiptDigest(separator, receipt))).toBe(referenceMessageDigest('Receipt', domain, receipt))
      }),
    )
  })
})
