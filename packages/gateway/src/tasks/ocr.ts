import { findTensor, InvalidTensorError, type Tensor, valuesOf } from '@stoa/protocol'

/** One line of text. */
export type OcrLine = {
  text: string
  /** Four corners [x, y] in pixels of the request's image, in the order of specs/tasks.md. */
  box: [number, number][]
  /** 0 to 1; exact models give none. */
  confidence?: number
}

export type OcrAnswer = {
  /** Lines in reading order, joined by line feeds. */
  text: string
  lines: OcrLine[]
}

/** Reads an `ocr` answer (specs/tasks.md). Throws `InvalidTensorError` for anything else. */
export function readOcrAnswer(response: readonly Tensor[]): OcrAnswer {
  const bytes = valuesOf(findTensor(response, 'text'), 'u8')
  const starts = valuesOf(findTensor(response, 'lines'), 'u32')
  const boxes = findTensor(response, 'boxes')
  const corners = valuesOf(boxes, 'i32')
  const count = boxes.dims[0] ?? 0
  // An exact model's answer has no scores (specs/exact-ocr.md).
  const scores = response.length === 3 ? undefined : valuesOf(findTensor(response, 'scores'), 'f32')
  if (response.length > 4) throw new InvalidTensorError(`${response.length} tensors, an ocr answer has 3 or 4`)
  if (starts.length !== count + 1 || boxes.dims.join() !== `${count},4,2` || (scores && scores.length !== count))
    throw new InvalidTensorError('"lines", "boxes" and "scores" count different lines')
  if (starts[0] !== 0 || starts[count] !== bytes.length)
    throw new InvalidTensorError(`"lines" ends at ${starts[count]} of ${bytes.length} bytes`)
  const lines = Array.from({ length: count }, (_, i) => {
    const [start = 0, end = 0] = starts.subarray(i, i + 2)
    if (end < start) throw new InvalidTensorError(`line ${i} ends before it starts`)
    const score = scores?.[i]
    if (score !== undefined && !(score >= 0 && score <= 1))
      throw new InvalidTensorError(`line ${i} has a score of ${score}`)
    const box = [0, 1, 2, 3].map((k): [number, number] => [
      corners[8 * i + 2 * k] ?? 0,
      corners[8 * i + 2 * k + 1] ?? 0,
    ])
    return {
      text: textOf(bytes.subarray(start, end)).replace(/\n$/, ''),
      box,
      ...(score !== undefined && { confidence: score }),
    }
  })
  return { text: textOf(bytes), lines }
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new InvalidTensorError('"text" is not UTF-8')
  }
}
