import { bindGraph, traceEntries, type Value } from '@stoa/engine/exact'
import { CommandError } from '../errors.ts'
import { type Alteration, alteredRun, type Opened } from './alteredRun.ts'
import { type Alphabet, textOf } from './readLine.ts'

/** A lie that a reader would notice. */
export type Lie = Alteration & {
  /** The bit that is turned, of a number stored in 16 bits, and what that makes of it. */
  readonly bit: number
  readonly truth: bigint
  readonly told: bigint
  readonly trueText: string
  readonly toldText: string
  /** Names of the trace's entries. */
  readonly tensors: readonly string[]
}

const DIGITS = '9876543210'

/**
 * Finds one bit of one activation of the recogniser that makes another number of the line: a score of one digit at one step, which then wins. Throws `CommandError`
 * where the line shows no number.
 */
export async function chooseLie(opened: Opened, inputs: ReadonlyMap<string, Value>, alphabet: Alphabet): Promise<Lie> {
  const { graph, executor } = opened
  const bound = bindGraph(graph, new Map([...inputs].map(([name, { dims }]) => [name, dims])))
  const entries = traceEntries(bound)
  const tensors = entries.map(({ tensor }) => tensor)
  const entry = entries.find(({ dims, stored }) => dims.at(-1) === alphabet.length && stored === 'i16')
  if (!entry) throw new CommandError('The model has no scores of characters.', {})
  let scores: readonly number[] = []
  const outputs = await executor.run(inputs, {
    names: new Set([entry.tensor]),
    watch: (_, { data }) => {
      scores = Array.from(data, Number)
    },
  })
  const trueText = textOf(alphabet, outputs)
  const best = Array.from(outputs.get('best')?.data ?? [], Number)
  for (const [step, chosen] of best.entries())
    for (const digit of DIGITS) {
      if (!DIGITS.includes(alphabet[chosen] || 'none') || alphabet[chosen] === digit) continue
      const element = step * alphabet.length + alphabet.indexOf(digit)
      const truth = BigInt(scores[element] ?? 0)
      // The highest bit that makes the number greater: the sign of a negative one.
      const bit = truth < 0n ? 15 : 14
      const change = (x: bigint) => BigInt.asIntN(16, x ^ (1n << BigInt(bit)))
      const alteration = { entry: entry.index, element, change }
      const run = await alteredRun(opened, inputs, alteration)
      const toldText = textOf(alphabet, run.outputs)
      if (toldText.length === trueText.length && toldText !== trueText)
        return { ...alteration, bit, truth, told: change(truth), trueText, toldText, tensors }
    }
  throw new CommandError('No digit of the line can be made another.', {})
}
