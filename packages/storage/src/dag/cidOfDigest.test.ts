import { sha256 } from '@stoa/protocol'
import { expect, test } from 'vitest'
import { InvalidCidError } from '../errors.ts'
import { cidOf } from './cidOf.ts'
import { cidOfDigest } from './cidOfDigest.ts'

test('names a small blob by its SHA-256', async () => {
  const card = new TextEncoder().encode('{"stoa":"model-card/1"}')
  expect(cidOfDigest(sha256(card))).toBe((await cidOf(card)).cid)
})

test('refuses what is no SHA-256', () => {
  expect(() => cidOfDigest(new Uint8Array(20))).toThrow(InvalidCidError)
})
