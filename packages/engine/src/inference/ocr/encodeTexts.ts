import { type Tensor, tensorOf } from '@stoa/protocol'

/** The tensors `text` and `lines` of an "ocr" response for its lines' texts (specs/tasks.md). */
export function encodeTexts(texts: readonly string[]): [text: Tensor, lines: Tensor] {
  const encoder = new TextEncoder()
  const parts = texts.map((text, i) => encoder.encode(i + 1 < texts.length ? `${text}\n` : text))
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  const starts = new Uint32Array(texts.length + 1)
  parts.forEach((part, i) => {
    const at = starts[i] ?? 0
    bytes.set(part, at)
    starts[i + 1] = at + part.length
  })
  return [tensorOf('text', 'u8', [bytes.length], bytes), tensorOf('lines', 'u32', [starts.length], starts)]
}
