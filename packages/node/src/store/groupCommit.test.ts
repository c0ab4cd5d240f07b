import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createGroupCommit } from './groupCommit.ts'

/** A table of numbers that takes each once, and how many commits there were. */
function openNumbers() {
  const database = new DatabaseSync(':memory:')
  database.exec('create table numbers (n integer primary key) strict')
  const insert = database.prepare('insert into numbers values (?)')
  let commits = 0
  const group = createGroupCommit((work) => {
    database.exec('begin')
    try {
      const result = work()
      database.exec('commit')
      commits++
      return result
    } catch (error) {
      database.exec('rollback')
      throw error
    }
  })
  return {
    group,
    commits: () => commits,
    add: (...numbers: number[]) =>
      group.add(() => {
        for (const n of numbers) insert.run(n)
      }),
    all: () =>
      database
        .prepare('select n from numbers order by n')
        .all()
        .map(({ n }) => Number(n)),
  }
}

test('what comes in one turn is one commit, and nobody is told before it', async () => {
  const { add, all, commits } = openNumbers()
  const seen: number[][] = []
  await Promise.all([1, 2, 3].map((n) => add(n).then(() => seen.push(all()))))
  expect(seen).toEqual([
    [1, 2, 3],
    [1, 2, 3],
    [1, 2, 3],
  ])
  expect(commits()).toBe(1)
})

test('what is flushed is there at once, and once', async () => {
  const { add, all, group, commits } = openNumbers()
  const added = add(1)
  group.flush()
  expect(all()).toEqual([1])
  await added
  expect(commits()).toBe(1)
})

test('each is kept whole or not at all, whatever fails beside it', async () => {
  const works = fc.array(fc.array(fc.nat(20), { minLength: 1, maxLength: 4 }), { maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(works, async (works) => {
      const { add, all } = openNumbers()
      const results = await Promise.allSettled(works.map((numbers) => add(...numbers)))
      const expected = new Set<number>()
      for (const [i, numbers] of works.entries()) {
        const isNew = new Set(numbers).size === numbers.length && numbers.every((n) => !expected.has(n))
        expect(results[i]?.status).toBe(isNew ? 'fulfilled' : 'rejected')
        if (isNew) for (const n of numbers) expected.add(n)
      }
      expect(all()).toEqual([...expected].sort((a, b) => a - b))
    }),
  )
})
