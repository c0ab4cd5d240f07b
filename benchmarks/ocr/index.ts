import { type BenchResult, type BenchRow, machine } from '../result.ts'
import { characterAccuracy } from './characterAccuracy.ts'
import { compareOcr, type Sample } from './compareOcr.ts'
import { KINDS } from './makeCases.ts'
import { openOurs } from './openOurs.ts'
import { openPeer, PEER_NAME } from './openPeer.ts'
import { timedImages } from './timedImages.ts'

/** Images of each kind, and rounds of a timing. */
const PER_KIND = 24
const ROUNDS = 9

/** Accuracy on 312 rendered images and milliseconds an image, beside the peer on the same ONNX files. */
export async function run(): Promise<BenchResult> {
  const samples = await compareOcr(PER_KIND, 20_260)
  const accuracies = [
    ...KINDS.map((kind) =>
      accuracyRow(
        kind,
        samples.filter((s) => s.kind === kind),
      ),
    ),
    accuracyRow('all', samples),
  ]
  const level = accuracyRow(
    'all but upsideDown, sideways',
    samples.filter(({ kind }) => kind !== 'upsideDown' && kind !== 'sideways'),
  )
  const times = await timeRows()
  const [ours, peer] = [accuracies.at(-1)?.ours ?? 0, level.peer]
  return {
    name: 'ocr',
    machine: machine(),
    rows: [...accuracies, level, ...times],
    goals: [
      { goal: 'character accuracy, all kinds', value: ours, target: 0.98, unit: '', met: ours >= 0.98 },
      {
        goal: "accuracy on level text, beside the peer's",
        value: level.ours,
        target: peer,
        unit: '',
        met: level.ours >= peer,
      },
    ],
  }
}

function accuracyRow(kind: string, samples: readonly Sample[]): BenchRow {
  const ours = characterAccuracy(samples.map(({ truth, ours }) => ({ truth, read: ours })))
  const peer = characterAccuracy(samples.map(({ truth, peer }) => ({ truth, read: peer })))
  return { case: `accuracy, ${kind}`, ours, peer, peerName: PEER_NAME, ratio: ours / peer, unit: '' }
}

/** Medians over rounds in which the two take turns, after one round that counts for nothing. */
async function timeRows(): Promise<BenchRow[]> {
  const [ours, peer] = [await openOurs(), await openPeer()]
  const rows: BenchRow[] = []
  for (const [name, png] of Object.entries(await timedImages())) {
    const times: { ours: number[]; peer: number[] } = { ours: [], peer: [] }
    for (let round = 0; round <= ROUNDS; round++) {
      const [a, b] = [await timed(() => ours.read(png)), await timed(() => peer.read(png))]
      if (round === 0) continue
      times.ours.push(a)
      times.peer.push(b)
    }
    const [a, b] = [median(times.ours), median(times.peer)]
    rows.push({ case: `time, ${name}`, ours: a, peer: b, peerName: PEER_NAME, ratio: a / b, unit: 'ms' })
  }
  await ours.close()
  await peer.close()
  return rows
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}

/** Milliseconds from the PNG's bytes to the text. */
async function timed(read: () => Promise<string>): Promise<number> {
  const start = performance.now()
  await read()
  return performance.now() - start
}
