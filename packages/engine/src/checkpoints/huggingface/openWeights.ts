import { join } from 'node:path'
import { fileExists, readSmallFile } from '../byteFile.ts'
import { InvalidCheckpointError, UnsupportedCheckpointError } from '../errors.ts'
import { fieldsOf } from '../fields.ts'
import { parseJson } from '../parseJson.ts'
import { readSafetensors, type SafetensorsFile } from '../safetensors/readSafetensors.ts'

const SINGLE = 'model.safetensors'
const INDEX = 'model.safetensors.index.json'
const MAX_INDEX_BYTES = 16 * 2 ** 20
const MAX_SHARDS = 1000

/** Weights of a folder, whether they are in one file or in several. */
export type Weights = {
  readonly dims: ReadonlyMap<string, readonly number[]>
  floats(name: string): Promise<Float32Array>
  close(): Promise<void>
}

/** Opens `model.safetensors`, or the shards that `model.safetensors.index.json` names. */
export async function openWeights(folder: string): Promise<Weights> {
  if (await fileExists(join(folder, SINGLE)))
    return weightsOf(new Map([[SINGLE, await readSafetensors(join(folder, SINGLE))]]))
  if (await fileExists(join(folder, INDEX))) return openShards(folder)
  if (await fileExists(join(folder, 'pytorch_model.bin'))) {
    throw new UnsupportedCheckpointError('pytorch_model.bin', 'weights as a Python pickle', {
      why: 'opening one runs its code',
      hint: 'Save the model as safetensors: model.save_pretrained(folder, safe_serialization=True).',
    })
  }
  throw new InvalidCheckpointError(SINGLE, 'there is no such file', { hint: 'Give the folder that holds the weights.' })
}

async function openShards(folder: string): Promise<Weights> {
  const json = fieldsOf(parseJson(await readSmallFile(join(folder, INDEX), MAX_INDEX_BYTES), INDEX), INDEX)
  const map = json.fields('weight_map')
  const fileOf = new Map(map.keys.map((name) => [name, map.text(name)]))
  const files = new Set(fileOf.values())
  if (files.size > MAX_SHARDS) throw new InvalidCheckpointError(INDEX, `it names ${files.size} files`)
  const opened = new Map<string, SafetensorsFile>()
  try {
    for (const file of files) {
      // A name, not a path: an index must not reach outside its folder.
      if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(file))
        throw new InvalidCheckpointError(INDEX, `it names the file "${file}"`)
      opened.set(file, await readSafetensors(join(folder, file)))
    }
    for (const [name, file] of fileOf) {
      if (!opened.get(file)?.tensors.has(name))
        throw new InvalidCheckpointError(file, `"${name}" is not in it, as ${INDEX} says`)
    }
    for (const [file, { tensors }] of opened) {
      for (const name of tensors.keys()) {
        if (fileOf.get(name) !== file)
          throw new InvalidCheckpointError(file, `"${name}" is in it, unlike what ${INDEX} says`)
      }
    }
    return weightsOf(opened)
  } catch (error) {
    await closeAll(opened)
    throw error
  }
}

/** No tensor is in two of `files`. */
function weightsOf(files: ReadonlyMap<string, SafetensorsFile>): Weights {
  const dims = new Map<string, readonly number[]>()
  const home = new Map<string, SafetensorsFile>()
  for (const file of files.values()) {
    for (const [name, info] of file.tensors) {
      dims.set(name, info.dims)
      home.set(name, file)
    }
  }
  return {
    dims,
    floats: async (name) => {
      const file = home.get(name)
      if (!file) throw new InvalidCheckpointError(SINGLE, `there is no tensor "${name}"`)
      return file.floats(name)
    },
    close: () => closeAll(files),
  }
}

async function closeAll(files: ReadonlyMap<string, SafetensorsFile>): Promise<void> {
  for (const file of files.values()) await file.close()
}
