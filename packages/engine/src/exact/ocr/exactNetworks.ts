import type { Image } from '../../inference/ocr/image/image.ts'
import type { Value } from '../value.ts'
import type { OcrNetworks } from './networks.ts'
import type { OddsMap } from './pieces/scanPieces.ts'
import type { Steps } from './reading/spellSteps.ts'

/** Runs one of the two graphs: the values of its outputs for those of its inputs. */
export type RunGraph = (inputs: ReadonlyMap<string, Value>) => Promise<ReadonlyMap<string, Value>>

export type ExactNetworksParameters = {
  readonly detector: RunGraph
  readonly recogniser: RunGraph
  readonly alphabet: readonly string[]
}

/** The two exact graphs of specs/exact-ocr.md, by the names and types of their inputs and outputs. */
export function exactNetworks({ detector, recogniser, alphabet }: ExactNetworksParameters): OcrNetworks {
  return {
    alphabet,
    detect: async (frame) => oddsOf(await detector(imageInput(frame)), frame),
    read: async (strip) => stepsOf(await recogniser(imageInput(strip))),
  }
}

function imageInput({ width, height, data }: Image): ReadonlyMap<string, Value> {
  return new Map([['image', { type: 'u8', dims: [1, height, width, 3], data }]])
}

function oddsOf(outputs: ReadonlyMap<string, Value>, { width, height }: Image): OddsMap {
  return { width, height, data: dataOf(outputs, 'odds', 'i8') }
}

function stepsOf(outputs: ReadonlyMap<string, Value>): Steps {
  return { best: dataOf(outputs, 'best', 'i32'), leads: dataOf(outputs, 'leads', 'i32') }
}

type DataOf<T extends Value['type']> = Extract<Value, { type: T }>['data']

function dataOf<T extends 'i8' | 'i32'>(outputs: ReadonlyMap<string, Value>, name: string, type: T): DataOf<T> {
  const value = outputs.get(name)
  if (value?.type !== type) throw new TypeError(`the graph returned no ${type} "${name}"`)
  return value.data as DataOf<T>
}
