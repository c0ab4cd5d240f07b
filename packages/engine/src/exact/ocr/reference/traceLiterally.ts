import { type Tensor, tensorDigest, tensorOf, textTensor } from '@stoa/protocol'
import type { Image } from '../../../inference/ocr/image/image.ts'
import type { OddsMap } from '../pieces/scanPieces.ts'
import type { Steps } from '../reading/spellSteps.ts'
import { boxLiterally, decodeLiterally, frameLiterally, orderLiterally, stripWidthLiterally } from './readLiterally.ts'
import { acrossLiterally, resampleLiterally } from './resampleLiterally.ts'
import { scanLiterally } from './scanLiterally.ts'

export type LiteralNetworks = {
  detect(frame: Image): Promise<OddsMap>
  read(strip: Image): Promise<Steps>
}

/** specs/exact-ocr.md from the page to all tensors of its trace, with nothing of the product's own steps. */
export async function traceLiterally(
  { detect, read }: LiteralNetworks,
  keys: Uint8Array,
  page: Image,
): Promise<{ entries: Tensor[]; response: Tensor[] }> {
  const alphabet = [...new TextDecoder().decode(keys).replace(/\n$/, '').split('\n'), ' ']
  const window = frameLiterally(page)
  const frame = resampleLiterally(page, window)
  const odds = await detect(frame)
  const { pieces, states, counts } = scanLiterally(odds)
  const windows = pieces
    .map((area) => boxLiterally(area, window.reduction))
    .map((box) => ({ box, width: stripWidthLiterally(box), height: 48 }))
  const scan = states.map((state, y) => [...tensorDigest(stateLiterally(state, counts[y] ?? 0))])
  const entries = [
    pixels(page),
    keysLiterally(keys),
    acrossLiterally(page, window),
    pixels(frame),
    tensorOf('odds', 'i8', [1, 1, odds.height, odds.width], odds.data),
    tensorOf('scan', 'u8', [scan.length, 32], Uint8Array.from(scan.flat())),
    table(
      'pieces',
      6,
      pieces.map((p) => [p.left, p.top, p.right, p.bottom, p.pixels, p.sum]),
    ),
    table(
      'windows',
      5,
      windows.map(({ box, width }) => [box.left, box.top, box.right, box.bottom, width]),
    ),
  ]
  const texts: string[] = []
  for (const window of windows) {
    const strip = resampleLiterally(page, window)
    const steps = await read(strip)
    const { text, states } = decodeLiterally(steps, alphabet)
    texts.push(text)
    entries.push(acrossLiterally(page, window), pixels(strip))
    entries.push(tensorOf('best', 'i32', [1, steps.best.length], steps.best))
    entries.push(tensorOf('leads', 'i32', [1, steps.best.length, 2], steps.leads))
    entries.push(tensorOf('spelling', 'i64', [states.length, 5], BigInt64Array.from(states.flat(), BigInt)))
    entries.push(textTensor('reading', text))
  }
  const spoken = windows.flatMap(({ box }, i) => (texts[i] ? [{ i, box, text: texts[i] }] : []))
  const lines = orderLiterally(spoken.map(({ box }) => box)).map((line) => line.flatMap((k) => spoken.slice(k, k + 1)))
  const rows = pieces.map((_, i) => lines.findIndex((line) => line.some((piece) => piece.i === i)))
  const ordered = lines.flat()
  const places = ordered.map(({ i }, k) => [i, ordered.slice(0, k).reduce((sum, p) => sum + utf8(p.text) + 1, 0)])
  const response = answerOf(lines)
  entries.push(tensorOf('rows', 'i32', [rows.length], Int32Array.from(rows)), table('places', 2, places), ...response)
  return { entries, response }
}

type State = ReturnType<typeof scanLiterally>['states'][number]

/** specs/exact-ocr.md, "Scan": a state as a tensor. */
export function stateLiterally({ runs, areas }: State, count: number): Tensor {
  const numbers = [count, runs.length, areas.length]
  for (const run of runs) numbers.push(run.start, run.end, run.area)
  for (const a of areas) numbers.push(a.left, a.top, a.right, a.bottom, a.pixels, a.sum)
  return tensorOf('state', 'i32', [numbers.length], Int32Array.from(numbers))
}

type Spoken = { readonly box: { left: number; top: number; right: number; bottom: number }; readonly text: string }

function answerOf(lines: readonly (readonly Spoken[])[]): Tensor[] {
  const texts = lines.map((line) => line.map(({ text }) => text).join(' '))
  const whole = texts.join('\n')
  const starts = texts.map((_, i) =>
    utf8(
      texts
        .slice(0, i)
        .map((text) => `${text}\n`)
        .join(''),
    ),
  )
  const corners = lines.flatMap((line) => {
    const [left, top] = [Math.min(...line.map(({ box }) => box.left)), Math.min(...line.map(({ box }) => box.top))]
    const right = Math.max(...line.map(({ box }) => box.right))
    const bottom = Math.max(...line.map(({ box }) => box.bottom))
    return [left, top, right, top, right, bottom, left, bottom]
  })
  return [
    textTensor('text', whole),
    tensorOf('lines', 'u32', [texts.length + 1], Uint32Array.from([...starts, utf8(whole)])),
    tensorOf('boxes', 'i32', [texts.length, 4, 2], Int32Array.from(corners)),
  ]
}

/** specs/exact-ocr.md, "Trace": line feeds of each 512 bytes, and whether the last line has none. */
function keysLiterally(keys: Uint8Array): Tensor {
  const parts = Array.from({ length: Math.ceil(keys.length / 512) || 1 }, (_, i) => keys.slice(512 * i, 512 * (i + 1)))
  const ends = parts.map((part) => part.filter((byte) => byte === 10).length)
  return tensorOf(
    'keys',
    'i32',
    [ends.length + 1],
    Int32Array.from([...ends, keys.length === 0 || keys.at(-1) === 10 ? 0 : 1]),
  )
}

const utf8 = (text: string) => new TextEncoder().encode(text).length

const pixels = ({ width, height, data }: Image) => tensorOf('image', 'u8', [1, height, width, 3], data)

const table = (name: string, columns: number, rows: readonly (readonly number[])[]) =>
  tensorOf(name, 'i32', [rows.length, columns], Int32Array.from(rows.flat()))
