import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { openCheckpoint } from '@stoa/engine/checkpoints'
import { type BenchResult, type BenchRow, machine } from '../result.ts'
import { openExactReader, openFloatReader } from './readers.ts'
import { createTally, type Tally } from './tally.ts'

/** Texts of as many tokens as training read at once, taken evenly from all of the held-out prose. */
const TEXTS = 64
const LENGTH = 256
const MOST_PERCENT = 2

const SHIPPED = new URL('../../apps/cli/assets/scribe/model.onnx', import.meta.url)

const PEER = 'the same weights in float32'

/** The shipped exact language model beside its own weights in float32, on prose that training never saw. */
export async function run(): Promise<BenchResult> {
  const folder = fileURLToPath(new URL('../../models/stoa-scribe', import.meta.url))
  await using checkpoint = await openCheckpoint(folder)
  const ids = checkpoint.tokenizer.encode(await readFile(`${folder}/heldout.txt`, 'utf8'))
  const begin = checkpoint.tokenizer.begin[0] ?? checkpoint.ends[0] ?? 0
  const stride = Math.floor((ids.length - LENGTH) / TEXTS)
  const texts = Array.from({ length: TEXTS }, (_, i) => [begin, ...ids.subarray(i * stride, i * stride + LENGTH - 1)])

  const float = await openFloatReader(checkpoint)
  const exact = await openExactReader(checkpoint, await readFile(SHIPPED))
  const [ours, theirs] = [createTally(), createTally()]
  let agreed = 0
  for (const text of texts) {
    const [own, other] = [await exact.read(text), await float.read(text)]
    for (let at = 1; at < text.length; at++) {
      const next = text[at] ?? 0
      const [first, second] = [ours.add(own[at - 1], next), theirs.add(other[at - 1], next)]
      if (first === second) agreed++
    }
  }
  await Promise.all([exact.close(), float.close()])
  return resultOf(ours, theirs, agreed)
}

function resultOf(ours: Tally, theirs: Tally, agreed: number): BenchResult {
  const tokens = `${ours.count.toLocaleString('en')} tokens`
  const row = (name: string, own: number, peer: number, unit: string): BenchRow => ({
    ...{ case: `${name}, ${tokens}`, ours: own, peer, peerName: PEER, ratio: own / peer, unit },
  })
  const [own, peer] = [ours.perplexity(), theirs.perplexity()]
  const worse = 100 * (own / peer - 1)
  return {
    name: 'perplexity',
    machine: machine(),
    rows: [
      row('perplexity a token', own, peer, ''),
      row('same likeliest token', (100 * agreed) / ours.count, 100, '%'),
    ],
    goals: [
      { goal: 'perplexity above float32', value: worse, target: MOST_PERCENT, unit: '%', met: worse <= MOST_PERCENT },
    ],
  }
}
