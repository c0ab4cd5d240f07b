import { expect, test } from 'vitest'
import { proofOf } from './proofOf.ts'

test('says exact only where a contract judges, and why where none does', () => {
  expect(proofOf('exact', 'exact/1')).toMatchObject({ kind: 'exact', why: expect.stringContaining('convicts') })
  expect(proofOf('attested', 'exact/1')).toMatchObject({
    kind: 'attested',
    why: expect.stringContaining('names no contract'),
  })
  expect(proofOf('attested', undefined)).toMatchObject({
    kind: 'attested',
    why: expect.stringContaining('Signed by the seller only'),
  })
})
