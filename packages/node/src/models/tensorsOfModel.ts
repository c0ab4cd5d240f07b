import { readFile } from 'node:fs/promises'
import { graphTensorName } from '@stoa/engine/inference'
import { InvalidOnnxError, readOnnxModel } from '@stoa/engine/onnx'
import { DTYPES, type DType, datatypeOf, type ModelCard, textDimensions } from '@stoa/protocol'

/** A tensor as the Open Inference Protocol describes it; −1 is a length that the request chooses, or the answer has. */
export type TensorDescription = { name: string; datatype: string; shape: readonly number[] }

/** What a model takes and gives. */
export type ModelTensors = { inputs: readonly TensorDescription[]; outputs: readonly TensorDescription[] }

const tensor = (name: string, dtype: DType, ...shape: number[]): TensorDescription => ({
  ...{ name, datatype: datatypeOf(dtype), shape },
})

/** Of the tasks whose tensors specs/tasks.md fixes. */
const TASKS: Readonly<Record<Exclude<ModelCard['task'], 'graph'>, (exact: boolean, card: ModelCard) => ModelTensors>> =
  {
    ocr: (exact) => ({
      inputs: [tensor('image', 'u8', 1, -1, -1, 3)],
      outputs: [
        ...[tensor('text', 'u8', -1), tensor('lines', 'u32', -1), tensor('boxes', 'i32', -1, 4, 2)],
        ...(exact ? [] : [tensor('scores', 'f32', -1)]),
      ],
    }),
    embedding: (exact, card) => {
      const dimensions = textDimensions(card)
      if (dimensions === undefined)
        return {
          inputs: [tensor('ids', 'u32', -1), tensor('offsets', 'u32', -1)],
          outputs: [tensor('embedding', exact ? 'i32' : 'f32', -1, 512)],
        }
      return {
        inputs: [tensor('texts', 'u8', -1), tensor('offsets', 'u32', -1), tensor('dimensions', 'u32', 1)],
        outputs: [tensor('embedding', 'f32', -1, dimensions), tensor('usage', 'u32', 3)],
      }
    },
    chat: () => ({
      inputs: [tensor('chat', 'u8', -1), tensor('most', 'u32', 1)],
      outputs: [tensor('deltas', 'u8', -1), tensor('finish', 'u8', -1), tensor('usage', 'u32', 3)],
    }),
    generate: () => ({
      inputs: [tensor('ids', 'u32', -1), tensor('settings', 'u32', 4), tensor('seed', 'u8', 32)],
      outputs: [tensor('tokens', 'u32', -1)],
    }),
  }

/**
 * What a model takes and gives: by its task, or by its graph where that decides; nothing of a graph that ONNX Runtime reads and this engine does not. `files`: name in the card → path of a
 * bundle that was opened.
 */
export async function tensorsOfModel(card: ModelCard, files: Readonly<Record<string, string>>): Promise<ModelTensors> {
  if (card.task !== 'graph') return TASKS[card.task](card.profile !== undefined, card)
  try {
    const { inputs, outputs, initializers } = readOnnxModel(await readFile(files['model.onnx'] ?? ''))
    const asked = inputs.filter(({ name }) => !initializers.has(name))
    return { inputs: asked.map(describe), outputs: outputs.map(describe) }
  } catch (error) {
    if (error instanceof InvalidOnnxError) return { inputs: [], outputs: [] }
    throw error
  }
}

function describe({ name, type, dims }: ReturnType<typeof readOnnxModel>['inputs'][number]): TensorDescription {
  const dtype = DTYPES.find((known) => known === type)
  const shape = (dims ?? []).map((length) => (typeof length === 'number' ? length : -1))
  return { name: graphTensorName(name), datatype: dtype ? datatypeOf(dtype) : String(type).toUpperCase(), shape }
}
