import { expect, test } from 'vitest'
import { MIB } from '../testing.case.ts'
import { cidOf } from './cidOf.ts'
import { blobVectors, contentOf } from './vectors.case.ts'

const vectors = blobVectors().filter((vector) => vector.bytes <= 16 * MIB)

test.each(vectors)('$bytes bytes of $content: $cid', async (vector) => {
  expect(await cidOf(contentOf(vector))).toEqual({ cid: vector.cid, bytes: vector.bytes })
})
