import type { Executor } from '../../../exact/executor.ts'
import type { Value } from '../../../exact/value.ts'
import type { DecoderShape } from '../decoderShape.ts'
import { readInSteps } from '../readInSteps.ts'

/**
 * Reads a text as a generating model does, in steps, and as a contract judges it, at once. Returns a difference between the logits of its last position, as a text;
 * undefined where all are the same.
 *
 * @param decoder A decoder's executor. @param whole That of the graph that follows from it, `generateGraph`.
 */
export async function compareSteps(
  decoder: Executor,
  whole: Executor,
  shape: DecoderShape,
  text: readonly number[],
): Promise<string | undefined> {
  const { logits } = await readInSteps(decoder, shape, text)
  let seen: Value | undefined
  const inputs = new Map<string, Value>([
    ['tokens', { type: 'i32', dims: [1, text.length], data: Int32Array.from(text) }],
    ['settings', { type: 'i32', dims: [4], data: Int32Array.of(1, 0, 0, 1) }],
    ['draw', { type: 'u8', dims: [8], data: new Uint8Array(8) }],
  ])
  await whole.run(inputs, {
    names: new Set(['logits']),
    watch(_, value) {
      seen = { ...value, data: value.data.slice() } as Value
    },
  })
  const id = logits.findIndex((logit, i) => logit !== Number(seen?.data[i]))
  if (id < 0) return undefined
  return `of ${text.length} tokens, that of id ${id} is ${logits[id]} rather than ${seen?.data[id]}`
}
