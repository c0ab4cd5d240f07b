// What every store must do. Called by the test of each implementation.
import { sha256 } from '@stoa/protocol'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BlobReader, BlobStore } from './blobStore.ts'
import { cidOf } from './dag/cidOf.ts'
import { BlobCorruptError, BlobNotFoundError, BlobTooLargeError, InvalidCidError } from './errors.ts'
import { all, collect, inPieces, MIB, pattern } from './testing.case.ts'

/** CIDs that no blob has: other versions, hashes, codecs, bases, and texts that would be paths. */
const REFUSED = [
  '',
  '../../etc/passwd',
  'bafkrei/../../x',
  'QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWx7bo1',
  // sha2-512, identity, and dag-cbor with sha2-256
  'bafkrgqe3ohjcjplc6n4f3fwunlj6upltggn7xqujbsvnvyw764srszz4u4rshq6ztos4chl4plgg4ffyyxnayrtdi5oc4xb2332g645433aeg',
  'bafkqaaa',
  'bafyreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku',
  // upper case, and the same digest with stray bits in the last character
  'BAFKREIHDWDCEFGH4DQKJV67UZCMW7OJEE6XEDZDETOJUZJEVTENXQUVYKU',
  'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvykv',
]

/** Lengths on both sides of the edges of leaves. */
const lengths = fc.oneof(
  fc.integer({ min: 0, max: 100 }),
  fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: -2, max: 2 })).map(([leaves, by]) => leaves * MIB + by),
)

export type ReaderUnderTest = {
  reader: BlobReader
  /** Puts a blob where the reader finds it. */
  put: BlobStore['put']
  close?: () => Promise<void>
}

/** A reader whose blocks lie on a medium that can fail or lie. */
export type DamageableReaderUnderTest = ReaderUnderTest & {
  /** Replaces the bytes of a stored block. */
  damage: (cid: string, change: (block: Uint8Array) => Uint8Array) => Promise<void>
}

export function describeBlobReader(name: string, open: () => Promise<ReaderUnderTest>): void {
  describe(`${name} reads`, () => {
    let subject: ReaderUnderTest
    beforeAll(async () => {
      subject = await open()
    })
    afterAll(() => subject.close?.())

    test('content of any length, in pieces of at most a leaf', async () => {
      await fc.assert(
        fc.asyncProperty(lengths, async (length) => {
          const content = await collect(pattern(length))
          const { cid, bytes } = await subject.put(content)
          const pieces = await all(subject.reader.get(cid))
          expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThanOrEqual(MIB)
          expect(Buffer.concat(pieces).equals(content)).toBe(true)
          expect(await subject.reader.stat(cid)).toEqual({ cid, bytes })
          expect(bytes).toBe(length)
          expect(await subject.reader.has(cid)).toBe(true)
        }),
        { numRuns: 25 },
      )
    })

    test('blocks as they are', async () => {
      const content = new TextEncoder().encode('a block')
      const { cid } = await subject.put(content)
      expect(Buffer.from(await subject.reader.block(cid)).equals(content)).toBe(true)
    })

    test('nothing that is not there', async () => {
      const { cid } = await cidOf(new TextEncoder().encode('never put'))
      expect(await subject.reader.has(cid)).toBe(false)
      await expect(collect(subject.reader.get(cid))).rejects.toThrow(BlobNotFoundError)
      await expect(subject.reader.stat(cid)).rejects.toThrow(BlobNotFoundError)
      await expect(subject.reader.block(cid)).rejects.toThrow(BlobNotFoundError)
    })

    test.each(REFUSED)('no CID but its own kind: %s', async (cid) => {
      await expect(collect(subject.reader.get(cid))).rejects.toThrow(InvalidCidError)
      await expect(subject.reader.has(cid)).rejects.toThrow(InvalidCidError)
      await expect(subject.reader.stat(cid)).rejects.toThrow(InvalidCidError)
      await expect(subject.reader.block(cid)).rejects.toThrow(InvalidCidError)
    })

    test('no further once told to stop', async () => {
      const { cid } = await subject.put(pattern(3 * MIB))
      const stop = new AbortController()
      const seen: number[] = []
      const reading = (async () => {
        for await (const piece of subject.reader.get(cid, { signal: stop.signal })) {
          seen.push(piece.length)
          stop.abort(new Error('enough'))
        }
      })()
      await expect(reading).rejects.toThrow('enough')
      expect(seen).toEqual([MIB])
    })
  })
}

export function describeDamage(name: string, open: () => Promise<DamageableReaderUnderTest>): void {
  describe(`${name} hands on`, () => {
    let subject: DamageableReaderUnderTest
    beforeAll(async () => {
      subject = await open()
    })
    afterAll(() => subject.close?.())

    test('no damaged block, whichever byte it is, and names it', async () => {
      const { damage } = subject
      const content = await collect(pattern(2 * MIB + 300))
      const { cid: root } = await subject.put(content)
      const { cid: last } = await cidOf(content.subarray(2 * MIB))
      const node = await subject.reader.block(root)
      const targets = fc.oneof(
        fc.record({ cid: fc.constant(root), at: fc.nat(node.length - 1), flip: fc.integer({ min: 1, max: 255 }) }),
        fc.record({ cid: fc.constant(last), at: fc.nat(299), flip: fc.integer({ min: 1, max: 255 }) }),
      )
      await fc.assert(
        fc.asyncProperty(targets, async ({ cid, at, flip }) => {
          const flipByte = (block: Uint8Array) => block.map((byte, index) => (index === at ? byte ^ flip : byte))
          await damage(cid, flipByte)
          let handedOn = 0
          const reading = (async () => {
            for await (const piece of subject.reader.get(root)) handedOn += piece.length
          })()
          await expect(reading).rejects.toSatisfy((error) => error instanceof BlobCorruptError && error.cid === cid)
          expect(handedOn).toBe(cid === root ? 0 : 2 * MIB)
          await damage(cid, flipByte)
          expect(sha256(await collect(subject.reader.get(root)))).toEqual(sha256(content))
        }),
        { numRuns: 40 },
      )
    })

    test('no block that is cut short, drawn out or larger than any block', async () => {
      const { damage } = subject
      const { cid } = await subject.put(new TextEncoder().encode('whole'))
      for (const length of [0, 4, 6, 9 * MIB]) {
        let original = new Uint8Array()
        await damage(cid, (block) => {
          original = new Uint8Array(block)
          const other = new Uint8Array(length)
          other.set(block.subarray(0, length))
          return other
        })
        await expect(collect(subject.reader.get(cid))).rejects.toThrow(BlobCorruptError)
        await expect(subject.reader.block(cid)).rejects.toThrow(BlobCorruptError)
        await damage(cid, () => original)
      }
    })
  })
}

export function describeBlobStore(name: string, open: () => Promise<BlobStore>): void {
  describe(`${name} keeps`, () => {
    test('the same content under the same CID, however it arrives', async () => {
      const store = await open()
      const content = await collect(pattern(2 * MIB + 5))
      const { cid } = await cidOf(content)
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 1000, max: 3 * MIB }), async (size) => {
          expect(await store.put(inPieces(content, size))).toEqual({ cid, bytes: content.length })
        }),
        { numRuns: 10 },
      )
      expect(await all(store.list())).toEqual([cid])
      expect(sha256(await collect(store.get(cid)))).toEqual(sha256(content))
    })

    test('nothing of a blob that is too large, exactly at the limit', async () => {
      const store = await open()
      const content = await collect(pattern(MIB + 1))
      await expect(store.put(content, { maxBytes: MIB })).rejects.toThrow(BlobTooLargeError)
      expect(await all(store.list())).toEqual([])
      expect(await store.has((await cidOf(content.subarray(0, MIB))).cid)).toBe(false)
      expect((await store.put(content, { maxBytes: MIB + 1 })).bytes).toBe(MIB + 1)
    })

    test('nothing of a source that fails, and passes its error on', async () => {
      const store = await open()
      const failing = async function* () {
        yield* pattern(MIB)
        throw new Error('the line went dead')
      }
      await expect(store.put(failing())).rejects.toThrow('the line went dead')
      expect(await all(store.list())).toEqual([])
      expect(await store.has((await cidOf(pattern(MIB))).cid)).toBe(false)
    })

    test('what others contain, after a deletion', async () => {
      const store = await open()
      const shared = await store.put(pattern(MIB))
      const longer = await store.put(pattern(2 * MIB + 1))
      const last = await cidOf(new Uint8Array([2]))
      expect(await store.delete(longer.cid)).toBe(true)
      expect(await store.has(longer.cid)).toBe(false)
      expect(await store.has(last.cid)).toBe(false)
      expect((await collect(store.get(shared.cid))).length).toBe(MIB)
      expect(await all(store.list())).toEqual([shared.cid])

      await store.put(pattern(2 * MIB + 1))
      expect(await store.delete(shared.cid)).toBe(true)
      expect(await all(store.list())).toEqual([longer.cid])
      expect((await collect(store.get(longer.cid))).length).toBe(2 * MIB + 1)
      // Still content of the longer one.
      expect(await store.has(shared.cid)).toBe(true)
      expect(await store.delete(longer.cid)).toBe(true)
      expect(await store.has(shared.cid)).toBe(false)
    })

    test('no list entry for what was never put, and says so', async () => {
      const store = await open()
      expect(await store.delete((await cidOf(new Uint8Array([1]))).cid)).toBe(false)
      await expect(store.delete('../x')).rejects.toThrow(InvalidCidError)
    })

    test('every blob of callers that put and delete at once', async () => {
      const store = await open()
      const lengths = [0, 1, MIB, MIB + 1, 2 * MIB, 2 * MIB + 1]
      for (let round = 0; round < 5; round++) {
        const doomed = await store.put(pattern(3 * MIB))
        const puts = [...lengths, ...lengths].map((length) => store.put(pattern(length)))
        await Promise.all([...puts, store.delete(doomed.cid)])
        for (const cid of await all(store.list())) await collect(store.get(cid))
        expect((await all(store.list())).length).toBe(lengths.length)
      }
    })

    test('its own copy: a caller who writes into what it got changes nothing', async () => {
      const store = await open()
      const content = new Uint8Array([1, 2, 3])
      const { cid } = await store.put(content)
      content.fill(0)
      for await (const piece of store.get(cid)) piece.fill(9)
      expect([...(await collect(store.get(cid)))]).toEqual([1, 2, 3])
    })
  })
}
