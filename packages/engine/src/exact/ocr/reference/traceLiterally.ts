import { type Hex, hexToBytes, type Tensor, tensorDigest, tensorOf, textTensor, traceRoot } from '@stoa/protocol'
import type { Image } from '../../../inference/ocr/image/image.ts'
import type { OddsMap } from '../pieces/scanPieces.ts'
import type { Steps } from '../reading/decodeSteps.ts'
import { boxLiterally, decodeLiterally, frameLiterally, orderLiterally, stripWidthLiterally } from './readLiterally.ts'
import { resampleLiterally } from './resampleLiterally.ts'
import { scanLiterally } from './scanLiterally.ts'

/** A network's answer and the root of its trace. */
export type Traced<T> = { readonly answer: T; readonly root: Hex }

export type LiteralNetworks = {
  readonly alphabet: readonly string[]
  detect(frame: Image): Promise<Traced<OddsMap>>
  read(strip: Image): Promise<Traced<Steps>>
}

/** specs/exact-ocr.md from the page to the root of its trace, with nothing of the product's own steps. */
export async function traceLiterally(
  { alphabet, detect, read }: LiteralNetworks,
  page: Image,
): Promise<{ root: Hex; response: Tensor[] }> {
  const window = frameLiterally(page)
  const frame = resampleLiterally(page, window)
  const detected = await detect(frame)
  const odds = detected.answer
  const { pieces, states, counts } = scanLiterally(odds)
  const windows = pieces
    .map((area) => boxLiterally(area, window.reduction))
    .map((box) => ({ box, width: stripWidthLiterally(box), height: 48 }))
  const entries = [
    tensorDigest(pixels('frame', frame)),
    hexToBytes(detected.root),
    tensorDigest(tensorOf('odds', 'i8', [odds.height, odds.width], odds.data)),
    tensorDigest(
      table(
        'scan',
        'u8',
        32,
        states.map((state, y) => [...tensorDigest(stateLiterally(state, counts[y] ?? 0))]),
      ),
    ),
    tensorDigest(
      table(
        'pieces',
        'i32',
        6,
        pieces.map((p) => [p.left, p.top, p.right, p.bottom, p.pixels, p.sum]),
      ),
    ),
    tensorDigest(
      table(
        'windows',
        'i32',
        5,
        windows.map(({ box, width }) => [box.left, box.top, box.right, box.bottom, width]),
      ),
    ),
  ]
  const texts: string[] = []
  for (const strip of windows.map((window) => resampleLiterally(page, window))) {
    const { answer, root } = await read(strip)
    const text = decodeLiterally(answer, alphabet)
    texts.push(text)
    const leads = tensorOf('leads', 'i32', [answer.best.length, 2], answer.leads)
    entries.push(tensorDigest(pixels('strip', strip)), hexToBytes(root))
    entries.push(tensorDigest(tensorOf('best', 'i32', [answer.best.length], answer.best)), tensorDigest(leads))
    entries.push(tensorDigest(textTensor('reading', text)))
  }
  const spoken = windows.flatMap(({ box }, i) => (texts[i] ? [{ i, box, text: texts[i] }] : []))
  const lines = orderLiterally(spoken.map(({ box }) => box)).map((line) => line.flatMap((k) => spoken.slice(k, k + 1)))
  const rows = pieces.map((_, i) => lines.findIndex((line) => line.some((piece) => piece.i === i)))
  entries.push(tensorDigest(tensorOf('rows', 'i32', [rows.length], Int32Array.from(rows))))
  const response = answerOf(lines)
  return { root: traceRoot([...entries, ...response.map(tensorDigest)]), response }
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
  const bytesOf = (text: string) => new TextEncoder().encode(text).length
  const starts = texts.map((_, i) =>
    bytesOf(
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
    tensorOf('lines', 'u32', [texts.length + 1], Uint32Array.from([...starts, bytesOf(whole)])),
    tensorOf('boxes', 'i32', [texts.length, 4, 2], Int32Array.from(corners)),
  ]
}

const pixels = (name: string, { width, height, data }: Image) => tensorOf(name, 'u8', [1, height, width, 3], data)

function table(name: string, dtype: 'u8' | 'i32', columns: number, rows: readonly (readonly number[])[]): Tensor {
  const dims = [rows.length, columns]
  if (dtype === 'u8') return tensorOf(name, dtype, dims, Uint8Array.from(rows.flat()))
  return tensorOf(name, dtype, dims, Int32Array.from(rows.flat()))
}
