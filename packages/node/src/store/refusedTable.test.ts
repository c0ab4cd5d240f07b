import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { refusedTable } from './refusedTable.ts'
import { SCHEMA } from './schema.ts'

const signed = (n: number, validUntil: number) => ({ signature: new Uint8Array(64).fill(n), validUntil })

test('refused vouchers are remembered until they expire, and the latest of them where there are too many', () => {
  const database = new DatabaseSync(':memory:')
  database.exec(SCHEMA)
  const refused = refusedTable(database)
  for (let n = 0; n < 10; n++) refused.add(signed(n, 1_000 + n))
  refused.add(signed(3, 1_003))
  const known = () => Array.from({ length: 10 }, (_, n) => n).filter((n) => refused.has(signed(n, 0).signature))
  refused.prune(1_000)
  expect(known()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  refused.prune(1_002)
  expect(known()).toEqual([2, 3, 4, 5, 6, 7, 8, 9])
  refused.prune(1_002, 3)
  expect(known()).toEqual([7, 8, 9])
})
