import { InvalidModelError } from '../../inference/errors.ts'
import { bindGraph, type ExactGraph, type Facts } from '../profile/index.ts'

/** Lengths of the inputs' height and width between which each graph must take all that specs/exact-ocr.md says. */
const FRAMES = [
  [64, 64],
  [960, 960],
] as const
const STRIPS = [
  [48, 32],
  [48, 3072],
] as const

/** Throws `InvalidModelError` unless the graph is a detector in the form of specs/exact-ocr.md. */
export function checkDetector(graph: ExactGraph): void {
  for (const [height, width] of FRAMES) {
    const facts = bound('det.onnx', graph, height, width)
    expect('det.onnx', 'odds', facts.get('odds'), 'i8', [1, 1, height, width])
  }
  checkOutputs('det.onnx', graph, ['odds'])
}

/** Throws `InvalidModelError` unless the graph is a recogniser in that form, of so many classes. */
export function checkRecogniser(graph: ExactGraph, classes: number): void {
  for (const [height, width] of STRIPS) {
    const facts = bound('rec.onnx', graph, height, width)
    expect('rec.onnx', 'best', facts.get('best'), 'i32', [1, width / 8])
    expect('rec.onnx', 'leads', facts.get('leads'), 'i32', [1, width / 8, 2])
    const own = (facts.get('best')?.hi ?? 0) + 1
    if (own !== classes)
      throw invalid('rec.onnx', `tells ${own} classes apart, "keys.txt" makes ${classes} (its lines, blank and space)`)
  }
  checkOutputs('rec.onnx', graph, ['best', 'leads'])
}

function bound(file: string, graph: ExactGraph, height: number, width: number): ReadonlyMap<string, Facts> {
  try {
    return bindGraph(graph, new Map([['image', [1, height, width, 3]]])).facts
  } catch (cause) {
    throw invalid(file, `does not take an "image" [1, ${height}, ${width}, 3]`, cause)
  }
}

/** A contract takes a graph's outputs by their numbers (specs/exact-ocr.md, "Disputes"). */
function checkOutputs(file: string, { model }: ExactGraph, names: readonly string[]): void {
  const found = model.outputs.map(({ name }) => name)
  if (found.join() !== names.join())
    throw invalid(file, `must give ${names.join(', ')}, in this order and nothing else`)
}

function expect(file: string, name: string, facts: Facts | undefined, type: string, dims: readonly number[]): void {
  const [found, needed] = [
    facts ? `${facts.stored} [${facts.dims.join(', ')}]` : 'none',
    `${type} [${dims.join(', ')}]`,
  ]
  if (found !== needed) throw invalid(file, `must give "${name}" as ${needed}, it gives ${found}`)
}

const invalid = (file: string, why: string, cause?: unknown) => new InvalidModelError('ocr', `"${file}" ${why}`, cause)
