import { modelOpening, type OwnRun, openCase, responseOf } from '@stoa/engine/dispute'
import {
  lyingRun,
  type Play,
  pageSeller,
  posting,
  requestOf,
  smallNet,
  smallNetInputs,
  tinyLiar,
  tinyPage,
  tinyTruth,
} from '@stoa/engine/dispute/testing'
import { FORMULAS_FILE, formulasFile, formulasOf } from '@stoa/engine/exact'
import { type BundleFile, type Tensor, tensorsDigest, type Unit } from '@stoa/protocol'

/** What a seller of a test sells under the judge: a model, the one request that it answers, and that answer, right or not. */
export type JudgedGoods = {
  readonly task: 'graph' | 'ocr'
  readonly unit: Unit
  readonly contents: Readonly<Record<string, Uint8Array>>
  readonly request: readonly Tensor[]
  readonly response: readonly Tensor[]
  /** What it says in games about that answer; `bundle` are the model's files as its card has them. */
  readonly play: (bundle: readonly BundleFile[]) => Play
}

const graph = smallNet()
const inputs = smallNetInputs(1, 8)
const formulas = formulasOf(graph)
const commitments = formulasFile(new Map([['model.onnx', formulas.root]]))
const truth = lyingRun(graph, inputs)

/** The one request that sellers of the small network answer. */
export const request = requestOf({ graph, inputs, formulas })

/** A small network of the task `graph`; a lie is one bit of one activation. */
export function judgedNet(isHonest: boolean): JudgedGoods {
  const told = isHonest ? truth : lie()
  return {
    ...{ task: 'graph', unit: 'call', request, response: responseOf(graph, told) },
    contents: { 'model.onnx': graph.bytes, [FORMULAS_FILE]: commitments },
    play: (bundle) =>
      posting(told, openCase({ run: told, formulas, request, model: modelOpening(bundle, commitments, formulas) })),
  }
}

/** A run with one bit of one activation turned, early enough that its answer is another. */
function lie(): OwnRun {
  const right = tensorsDigest(responseOf(graph, truth))
  for (const { index } of truth.entries.slice(2)) {
    const told = lyingRun(graph, inputs, { entry: index, element: 0, change: (x) => x ^ 1n })
    if (tensorsDigest(responseOf(graph, told)) !== right) return told
  }
  throw new Error('no lie changes the answer')
}

/** A small model of the task `ocr`, and a page of three pieces of text; a lie is one bit of one activation in its recogniser. */
export async function judgedPage(isHonest: boolean): Promise<JudgedGoods> {
  const tiny = tinyPage()
  const told = isHonest ? await tinyTruth(tiny) : await tinyLiar(tiny)
  const { contents } = tiny
  return {
    ...{ task: 'ocr', unit: 'pixel', contents, request: tiny.request, response: told.trace.response },
    play: (bundle) => pageSeller(told, { formulas: tiny.formulas, bundle, commitments: contents[FORMULAS_FILE] }),
  }
}
