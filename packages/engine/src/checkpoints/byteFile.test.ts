import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openByteFile, readSmallFile } from './byteFile.ts'
import { temporaryFolder } from './testing/temporaryFolder.ts'

test('gives the bytes of a range, and an error past the end', async () => {
  const path = join(await temporaryFolder(), 'a.bin')
  await writeFile(path, Uint8Array.of(1, 2, 3, 4))
  await using file = await openByteFile(path)
  expect([file.name, file.size]).toEqual(['a.bin', 4])
  expect(await file.read(1, 2)).toEqual(Uint8Array.of(2, 3))
  expect(await file.read(4, 0)).toEqual(new Uint8Array())
  await expect(file.read(3, 2)).rejects.toThrow("a.bin can't be read: it ends before byte 5.")
})

test('a file that should be small is not read when it is not', async () => {
  const path = join(await temporaryFolder(), 'a.json')
  await writeFile(path, '12345')
  expect(await readSmallFile(path, 5)).toEqual(new TextEncoder().encode('12345'))
  await expect(readSmallFile(path, 4)).rejects.toThrow('it has 5 bytes, 4 are the most')
})
