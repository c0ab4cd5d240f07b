import { fileURLToPath } from 'node:url'
import { openTextCodec } from '@stoa/engine/codec'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { liveText } from './liveText.ts'
import { cutAtStop } from './sampling.ts'

const TOKENIZER = fileURLToPath(new URL('../../../../../models/stoa-scribe/tokenizer.json', import.meta.url))
const codec = await openTextCodec({ file: 'tokenizer.json', path: TOKENIZER, vocabulary: 2048 })
const END = 0

type Asked = { text: string; stop?: string | string[]; trim?: boolean; cuts?: readonly number[] }

/** The pieces of a text whose ids come in parcels, each of which is read before the next comes, and the text whole. */
async function piecesOf({ text, stop, trim = false, cuts = [] }: Asked) {
  const [ids = new Uint32Array()] = await codec.encode([{ text }])
  const all = Uint32Array.of(...ids, END)
  const pieces: string[] = []
  const live = liveText({
    ...{ ends: [END], stop, trim, onText: (piece) => pieces.push(piece) },
    decode: (some) => codec.decode(some),
  })
  const ends = [...cuts.map((cut) => cut % (all.length + 1)).sort((a, b) => a - b), all.length]
  let at = 0
  for (const end of ends) {
    live.push(new Uint8Array(all.slice(at, end).buffer))
    await new Promise((resolve) => setImmediate(resolve))
    at = end
  }
  const decoded = await codec.decode(ids)
  const cut = cutAtStop(decoded, stop) ?? decoded
  const whole = trim ? cut.trim() : cut
  const early = pieces.join('')
  await live.finish(whole)
  return { pieces, early, whole }
}

test('what is handed on early is never taken back, and together it is the text', async () => {
  const word = fc.constantFrom('Zeno ', 'taught', ' in the', '\n', ' ', 'STOP', 'ST', '😀', 'é', 'porch ')
  const text = fc.array(word, { maxLength: 12 }).map((words) => words.join(''))
  const stop = fc.option(fc.array(fc.constantFrom('STOP', '\n\n', 'porch', ' '), { maxLength: 2 }), { nil: undefined })
  const cuts = fc.array(fc.nat(), { maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(text, stop, fc.boolean(), cuts, async (said, stops, trim, at) => {
      const { pieces, early, whole } = await piecesOf({ text: said, trim, cuts: at, ...(stops && { stop: stops }) })
      expect(whole.startsWith(early)).toBe(true)
      expect(pieces.join('')).toBe(whole)
      expect(pieces.every((piece) => piece.isWellFormed() && piece !== '')).toBe(true)
    }),
  )
})

test('words come before the text is whole', async () => {
  const { pieces, early } = await piecesOf({ text: 'Zeno taught in the open.', cuts: [2, 4, 6, 8] })
  expect(early.length).toBeGreaterThan(0)
  expect(pieces.length).toBeGreaterThan(1)
})
