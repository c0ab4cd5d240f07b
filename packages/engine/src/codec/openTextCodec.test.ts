import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pieceTokenizerJson } from '../checkpoints/testing/pieceFiles.ts'
import { PACKAGE_DIR } from '../convert/testing/embeddingPackage.ts'
import { piecesOf } from '../text/testing/smallPieces.ts'
import { type OpenTextCodecParameters, openTextCodec } from './openTextCodec.ts'
import { openTextCodecInWorker } from './openTextCodecInWorker.ts'
import type { TextCodec } from './textCodec.ts'

const SCRIBE = fileURLToPath(new URL('../../../../models/stoa-scribe/tokenizer.json', import.meta.url))
const BPE = { file: 'tokenizer.json' } as const
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'codec-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function fileOf(name: string, json: unknown): Promise<string> {
  await writeFile(join(folder, name), typeof json === 'string' ? json : JSON.stringify(json))
  return join(folder, name)
}

describe.each<[string, (parameters: OpenTextCodecParameters) => Promise<TextCodec>]>([
  ['in this thread', openTextCodec],
  ['in one of its own', openTextCodecInWorker],
])('a codec %s', (_, open) => {
  test('gives the ids of texts, names of special tokens only where they are asked for, and the text of ids', async () => {
    const codec = await open({ ...BPE, path: SCRIBE, vocabulary: 2048 })
    expect(await codec.size()).toBe(2048)
    const text = '<|end|>Q: Who?<|end|>'
    const [plain, own] = await codec.encode([{ text }, { text, specials: [[0, 10]] }])
    expect(plain?.includes(0)).toBe(false)
    expect([own?.[0], own?.at(-1)]).toEqual([0, plain?.at(-1)])
    expect(await codec.decode(plain ?? new Uint32Array())).toBe(text)
    const [half] = await codec.encode([{ text: 'é漢' }])
    expect(await codec.decode(half?.slice(0, -1) ?? new Uint32Array())).toBe('é')
    await codec.close()
  })

  test('shows nothing for an id without a token, and keeps a blank that goes on from a prompt', async () => {
    const path = await fileOf('tokenizer.json', pieceTokenizerJson(piecesOf(['▁the', 'x'])))
    const codec = await open({ ...BPE, path, vocabulary: 4000 })
    expect(await codec.decode(Uint32Array.of(259, 3999, 260))).toBe(' thex')
    await codec.close()
  })

  test('gives the ids of pieces, and one that stands for none', async () => {
    const codec = await open({ file: 'vocab.json', path: `${PACKAGE_DIR}/dist/vocab.json` })
    expect(await codec.size()).toBe(8000)
    const ids = await codec.encode([{ text: 'Hello, world!' }, { text: '' }])
    expect(ids).toEqual([Uint32Array.of(341, 4125, 8, 311, 78), Uint32Array.of(8002)])
    expect(await codec.decode(ids[0] ?? new Uint32Array())).toBe(' Hello, world!')
    await codec.close()
    const path = await fileOf('vocab.json', [['a', -1]])
    await expect(open({ file: 'vocab.json', path })).rejects.toMatchObject({ code: 'INVALID_TOKENIZER' })
  })

  test('is refused where the file is none of the model', async () => {
    const wide = open({ ...BPE, path: SCRIBE, vocabulary: 2047 })
    await expect(wide).rejects.toMatchObject({
      code: 'INVALID_CHECKPOINT',
      message: /up to 2047, the model knows 2047/,
    })
    const unigram = await fileOf('unigram.json', { model: { type: 'Unigram' } })
    await expect(open({ ...BPE, path: unigram, vocabulary: 9 })).rejects.toMatchObject({
      code: 'UNSUPPORTED_CHECKPOINT',
    })
    const broken = await fileOf('broken.json', (await readFile(SCRIBE, 'utf8')).slice(1))
    await expect(open({ ...BPE, path: broken, vocabulary: 2048 })).rejects.toMatchObject({ code: 'INVALID_CHECKPOINT' })
  })
})

test('a codec whose time is over ends, whatever it does', async () => {
  const time = new AbortController()
  const codec = await openTextCodecInWorker({ ...BPE, path: SCRIBE, vocabulary: 2048 }, { signal: time.signal })
  const encoding = codec.encode([{ text: 'there'.repeat(1_000_000) }])
  setImmediate(() => time.abort(new Error('too long')))
  await expect(encoding).rejects.toThrow('too long')
  await expect(codec.size()).rejects.toThrow('too long')
})
