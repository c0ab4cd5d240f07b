import { InvalidTfjsModelError } from '../errors.ts'
import { arrayAt, isObject } from './json.ts'

/** File names of the weight shards that a model.json lists, in order. Throws when one would lie outside the model's folder. */
export function weightPaths(modelJson: unknown): string[] {
  if (!isObject(modelJson)) throw new InvalidTfjsModelError('model.json is not an object')
  const groups = arrayAt(modelJson, 'weightsManifest')
  const paths = groups.flatMap((group) => (isObject(group) ? arrayAt(group, 'paths') : []))
  return paths.map((path) => {
    if (typeof path !== 'string' || !/^[\w-][\w.-]*$/.test(path))
      throw new InvalidTfjsModelError(`weight file ${JSON.stringify(path)} is not a plain file name`)
    return path
  })
}
