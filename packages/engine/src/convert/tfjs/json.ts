import { InvalidTfjsModelError } from '../errors.ts'

export type JsonObject = Readonly<Record<string, unknown>>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Member `key` as an object; throws `InvalidTfjsModelError` when it is not one. */
export function objectAt(object: JsonObject, key: string): JsonObject {
  const value = object[key]
  if (!isObject(value)) throw new InvalidTfjsModelError(`"${key}" is not an object`)
  return value
}

export function arrayAt(object: JsonObject, key: string): readonly unknown[] {
  const value = object[key]
  if (!Array.isArray(value)) throw new InvalidTfjsModelError(`"${key}" is not a list`)
  return value
}

export function stringAt(object: JsonObject, key: string): string {
  const value = object[key]
  if (typeof value !== 'string') throw new InvalidTfjsModelError(`"${key}" is not a text`)
  return value
}

export function numberAt(object: JsonObject, key: string): number {
  const value = object[key]
  if (typeof value !== 'number') throw new InvalidTfjsModelError(`"${key}" is not a number`)
  return value
}
