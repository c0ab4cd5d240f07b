import { characterAccuracy } from '../ocr/characterAccuracy.ts'
import { registerFonts } from '../ocr/fonts.ts'
import { type Kind, makeCases } from '../ocr/makeCases.ts'
import { renderText } from '../ocr/renderText.ts'
import { type BenchResult, type BenchRow, machine } from '../result.ts'
import { LEVEL_KINDS } from './levelKinds.ts'
import { type CanvasReader, openAttested, openExactReader } from './openReaders.ts'

/** Images of each kind: 500 in all. */
const PER_KIND = 50
const PEER = 'the attested model on float32 networks'

type Sample = { kind: Kind; truth: string; exact: string; attested: string; exactMs: number; attestedMs: number }

/** Level text read by the exact model and by the attested one, in turns, on one thread each: accuracy, and time for a whole answer. */
export async function run(): Promise<BenchResult> {
  registerFonts()
  const [exact, attested] = [await openExactReader(1), await openAttested(1)]
  const samples: Sample[] = []
  for (const { kind, image } of makeCases(PER_KIND, 31_415)) {
    if (!LEVEL_KINDS.includes(kind)) continue
    const { canvas, truth } = renderText(image)
    const [a, b] = [await timed(exact, canvas), await timed(attested, canvas)]
    samples.push({ kind, truth, exact: a.text, attested: b.text, exactMs: a.ms, attestedMs: b.ms })
  }
  await exact.close()
  await attested.close()
  const rows = [...LEVEL_KINDS, 'all' as const].map((kind) =>
    accuracyRow(
      kind,
      samples.filter((sample) => kind === 'all' || sample.kind === kind),
    ),
  )
  const all = rows.at(-1) ?? accuracyRow('all', samples)
  const time = timeRow(samples)
  return {
    name: 'exactOcr',
    machine: machine(),
    rows: [...rows, time],
    goals: [
      goal(`points lost on ${samples.length} level images, at most`, 100 * (all.peer - all.ours), 1, 'points', 'below'),
      goal('speed of a whole answer beside the attested model', 1 / time.ratio, 0.75, '×', 'above'),
    ],
  }
}

async function timed(reader: CanvasReader, canvas: Parameters<CanvasReader['read']>[0]) {
  const start = performance.now()
  const text = await reader.read(canvas)
  return { text, ms: performance.now() - start }
}

function accuracyRow(kind: string, samples: readonly Sample[]): BenchRow {
  const ours = characterAccuracy(samples.map(({ truth, exact }) => ({ truth, read: exact })))
  const peer = characterAccuracy(samples.map(({ truth, attested }) => ({ truth, read: attested })))
  return { case: `accuracy, ${kind}`, ours, peer, peerName: PEER, ratio: ours / peer, unit: '' }
}

function timeRow(samples: readonly Sample[]): BenchRow {
  const mean = (of: (sample: Sample) => number) => samples.reduce((sum, own) => sum + of(own), 0) / samples.length
  const [ours, peer] = [mean(({ exactMs }) => exactMs), mean(({ attestedMs }) => attestedMs)]
  return { case: 'time of a whole answer, mean', ours, peer, peerName: `ms, ${PEER}`, ratio: ours / peer, unit: 'ms' }
}

function goal(what: string, value: number, target: number, unit: string, side: 'above' | 'below') {
  return { goal: what, value, target, unit, met: side === 'above' ? value >= target : value <= target }
}
