import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { inputForm } from './inputForm.ts'
import { readSamples } from './readSamples.ts'

const COLOURS = { scale: [0.5, 1, 2], offset: [0, 0, -1], planes: 'rgb' } as const

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stoa-samples-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const npy = (shape: string, values: number[]) => {
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': ${shape}, }\n`
  const head = Buffer.from([0x93, 78, 85, 77, 80, 89, 1, 0, header.length, 0])
  return Buffer.concat([head, Buffer.from(header), Buffer.from(Float32Array.from(values).buffer)])
}

test('arrays are read in the order of their names, and stand for integers of one scale', async () => {
  await writeFile(join(folder, 'b.npy'), npy('(1, 2)', [1, -4]))
  await writeFile(join(folder, 'a.npy'), npy('(1, 2)', [2, 0.5]))
  await writeFile(join(folder, 'notes.txt'), 'nothing')
  const samples = await readSamples(folder, COLOURS, {})
  expect(samples.map(({ file }) => file)).toEqual(['a.npy', 'b.npy'])
  expect(inputForm(samples, [null, 2], COLOURS)).toEqual({
    kind: 'integers',
    scale: 4 / 4095,
    lo: -4095,
    hi: 4095,
    dims: [1, 2],
  })
})

test('a folder without samples, of both kinds, or of shapes that differ is refused', async () => {
  await expect(readSamples(folder, COLOURS, {})).rejects.toThrow('holds no images and no .npy files')
  await expect(readSamples(join(folder, 'none'), COLOURS, {})).rejects.toThrow("can't be read")
  await writeFile(join(folder, 'a.npy'), npy('(1, 2)', [1, 2]))
  await writeFile(join(folder, 'b.npy'), npy('(2, 1)', [1, 2]))
  const samples = await readSamples(folder, COLOURS, {})
  expect(() => inputForm(samples, undefined, COLOURS)).toThrow('b.npy has the shape [2,1], a.npy [1,2]')
})

test('images of one size keep it; the network may want another', async () => {
  const assets = new URL('../../assets/', import.meta.url)
  await copyFile(new URL('receipt.png', assets), join(folder, 'a.png'))
  const [sample] = await readSamples(folder, COLOURS, {})
  const [, planes, height, width] = sample?.feed.dims ?? []
  expect(planes).toBe(3)
  expect(inputForm(sample ? [sample] : [], [1, 3, null, null], COLOURS)).toMatchObject({ kind: 'image', height, width })
  await expect(readSamples(folder, COLOURS, { height: 7, width: 9 })).rejects.toThrow('the model takes 9 × 7')
})
