import { type BenchGoal, type BenchResult, type BenchRow, machine } from '../result.ts'
import { type Agreement, agreement } from './agreement.ts'
import { embedBoth } from './embedBoth.ts'
import { judgedMessages, judgedSentences } from './sentences.ts'

const PEER = 'the same model in float32'
const LEAST_COSINE = 0.99
const LEAST_SAME = 95

/** The exact sentence encoder beside the float one, on texts that it was not settled on: where its embeddings point, and to whom they are nearest. */
export async function run(): Promise<BenchResult> {
  const kinds = ['English sentences', 'messages in 13 languages']
  const texts = [await judgedSentences(), await judgedMessages()]
  const embedded = await embedBoth(texts)
  const [rows, goals]: [BenchRow[], BenchGoal[]] = [[], []]
  for (const [i, { exact, float }] of embedded.entries()) {
    const what = `${exact.length.toLocaleString('en')} ${kinds[i] ?? ''}`
    const agreed = agreement(exact, float)
    rows.push(...rowsOf(what, agreed))
    goals.push(
      goal(`least cosine to float32, ${what}`, agreed.cosines[0] ?? Number.NaN, LEAST_COSINE, ''),
      goal(`same nearest neighbour, ${what}`, 100 * agreed.sameNearest, LEAST_SAME, '%'),
    )
  }
  return { name: 'exactEmbedding', machine: machine(), rows, goals }
}

function rowsOf(what: string, { cosines, mean }: Agreement): BenchRow[] {
  const at = (share: number) => cosines[Math.floor(share * cosines.length)] ?? Number.NaN
  const row = (name: string, ours: number) => ({
    ...{ case: `cosine, ${name}, ${what}`, ours, peer: 1, peerName: PEER, ratio: ours, unit: '' },
  })
  return [row('least', at(0)), row('1 % are below', at(0.01)), row('mean', mean)]
}

const goal = (what: string, value: number, target: number, unit: string): BenchGoal => ({
  ...{ goal: what, value, target, unit, met: value >= target },
})
