import { createHash } from 'node:crypto'
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { convertEmbeddingModel } from './convertEmbeddingModel.ts'
import { InvalidTfjsModelError } from './errors.ts'
import { PACKAGE_DIR } from './testing/embeddingPackage.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'convert-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('writes both files of the model, always the same', async () => {
  const outDir = join(folder, 'new', 'model')
  const { modelPath, vocabPath } = await convertEmbeddingModel({ packageDir: PACKAGE_DIR, outDir })
  expect((await readdir(outDir)).sort()).toEqual(['model.onnx', 'vocab.json'])
  expect({ model: await digest(modelPath), vocab: await digest(vocabPath) }).toMatchInlineSnapshot(`
    {
      "model": "4b79a7a498b887b61ad9757aa3df5a695a35912096800bb6be367676e102845d",
      "vocab": "1ad860b9720c16cd48e666d664a556b2515c04f5a26a4b53c0372427913b1b8e",
    }
  `)
})

test('a package without its files, or with damaged ones, is told from a usable one', async () => {
  const convert = () => convertEmbeddingModel({ packageDir: folder, outDir: join(folder, 'out') })
  await expect(convert()).rejects.toThrow(InvalidTfjsModelError)
  await cp(PACKAGE_DIR, folder, { recursive: true })
  await writeFile(join(folder, 'dist', 'model.json'), '{"modelTopology":')
  await expect(convert()).rejects.toThrow('is not JSON')
  await writeFile(join(folder, 'dist', 'model.json'), '{"weightsManifest":[{"paths":["../../secret"]}]}')
  await expect(convert()).rejects.toThrow('is not a plain file name')
  await cp(join(PACKAGE_DIR, 'dist', 'model.json'), join(folder, 'dist', 'model.json'))
  await writeFile(join(folder, 'dist', 'group1-shard7of7'), '')
  await expect(convert()).rejects.toThrow(InvalidTfjsModelError)
})

async function digest(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex')
}
