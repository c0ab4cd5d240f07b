import type { Address, Hex, Unit } from '@stoa/protocol'
import { priceOf } from '../../../lib/priceOf.ts'

/** A piece of a sentence about an event: words of ours, or something that can be looked up. */
export type Part =
  | string
  | { account: Address }
  | { wei: bigint }
  | { model: bigint }
  | { offer: Hex }
  | { game: bigint }
  | { at: number }
  | { digest: Hex; what: string }
  /** A stranger's words. */
  | { words: string }

type Value = Part | readonly Part[]

/** A sentence with things in it; lists among them are taken apart. */
export function sentence(texts: TemplateStringsArray, ...values: Value[]): Part[] {
  return texts.flatMap((text, i): Part[] => {
    const value = values[i]
    const rest: readonly Part[] = value === undefined ? [] : Array.isArray(value) ? value : [value as Part]
    return text === '' ? [...rest] : [text, ...rest]
  })
}

/** Arguments of an event, as the index keeps them. */
export type Args = Readonly<Record<string, unknown>>

/** Reads an argument as what it should be; what it is not is shown as it came. */
export const account = (value: unknown): Part =>
  typeof value === 'string' && /^0x[0-9a-fA-F]{40}$/.test(value) ? { account: value as Address } : raw(value)
export const wei = (value: unknown): Part => whole(value, (n) => ({ wei: n }))
export const model = (value: unknown): Part => whole(value, (n) => ({ model: n }))
export const game = (value: unknown): Part => whole(value, (n) => ({ game: n }))
export const at = (value: unknown): Part => whole(value, (n) => ({ at: Number(n) }))
export const offer = (value: unknown): Part => (isDigest(value) ? { offer: value } : raw(value))
export const digest = (value: unknown, what: string): Part => (isDigest(value) ? { digest: value, what } : raw(value))
export const words = (value: unknown): Part => raw(value)

/** A price of a million units, as people say it. */
export function perUnit(value: unknown, unit: Unit): Part[] {
  const asked = whole(value, (n) => ({ wei: n }))
  if (typeof asked === 'string' || !('wei' in asked)) return [asked, ` a million ${unit}s`]
  const { wei: each, per } = priceOf(asked.wei, unit)
  return [{ wei: each }, ` a ${per}`]
}

/** Parts per million as a percentage. */
export function share(ppm: unknown): string {
  return `${Number(ppm) / 10_000} %`
}

function whole(value: unknown, make: (n: bigint) => Part): Part {
  const text = typeof value === 'number' ? String(value) : value
  return typeof text === 'string' && /^\d+$/.test(text) ? make(BigInt(text)) : raw(value)
}

function isDigest(value: unknown): value is Hex {
  return typeof value === 'string' && /^0x[0-9a-f]{64}$/.test(value)
}

function raw(value: unknown): Part {
  return { words: typeof value === 'object' ? JSON.stringify(value) : String(value) }
}
