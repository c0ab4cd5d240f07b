import { InvalidCheckpointError } from '../../errors.ts'
import { type MessageField, readMessage } from './readMessage.ts'

/** Kinds of pieces, by their numbers in sentencepiece_model.proto. */
export const KINDS = ['normal', 'unknown', 'control', 'user-defined', 'unused', 'byte'] as const
export type Kind = (typeof KINDS)[number]

/** Algorithms, by their numbers from 1. */
export const ALGORITHMS = ['unigram', 'BPE', 'word', 'character'] as const

/** What of a model of SentencePiece decides ids. What a file leaves out has the default of the format. */
export type SentencePieceModel = {
  readonly pieces: readonly { readonly text: string; readonly score: number; readonly kind: Kind }[]
  /** Of `ALGORITHMS`. */
  readonly algorithm: string
  readonly byteFallback: boolean
  readonly whitespaceAsSuffix: boolean
  /** Id of the piece that begins texts; negative where there is none. */
  readonly begin: number
  readonly normalizer: {
    readonly name: string
    readonly hasRules: boolean
    readonly addDummyPrefix: boolean
    readonly removeExtraWhitespaces: boolean
    readonly escapeWhitespaces: boolean
  }
  readonly denormalizes: boolean
}

/**
 * Parses a tokenizer.model of SentencePiece. Throws `InvalidCheckpointError`.
 *
 * @see https://github.com/google/sentencepiece/blob/master/src/sentencepiece_model.proto
 */
export function parseModel(bytes: Uint8Array, file: string): SentencePieceModel {
  const wrong = (what: string): never => {
    throw new InvalidCheckpointError(file, `${what} is not what a SentencePiece model has there`)
  }
  /** The last value of each field: where one is there twice, protobuf takes the last. */
  const read = (value: MessageField['value'] | undefined): Map<number, MessageField['value']> => {
    if (value === undefined) return new Map()
    const message = value instanceof Uint8Array ? value : wrong('a message')
    return new Map([...readMessage(message, file)].map((field) => [field.number, field.value]))
  }
  const whole = (value: MessageField['value'] | undefined, fallback: number): number => {
    if (value === undefined) return fallback
    return typeof value === 'bigint' ? Number(BigInt.asIntN(32, value)) : wrong('a number')
  }
  const flag = (value: MessageField['value'] | undefined, fallback: boolean) => whole(value, fallback ? 1 : 0) !== 0
  const text = (value: MessageField['value'] | undefined, fallback: string): string => {
    if (value === undefined) return fallback
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
        value instanceof Uint8Array ? value : wrong('a text'),
      )
    } catch {
      return wrong('a text')
    }
  }
  const float = (value: MessageField['value'] | undefined): number => {
    if (value === undefined) return 0
    if (!(value instanceof Uint8Array) || value.length !== 4) return wrong('a score')
    return new DataView(value.buffer, value.byteOffset, 4).getFloat32(0, true)
  }
  const readPiece = (value: MessageField['value']) => {
    const piece = read(value)
    return {
      text: text(piece.get(1), ''),
      score: float(piece.get(2)),
      kind: KINDS[whole(piece.get(3), 1) - 1] ?? wrong('the kind of a piece'),
    }
  }

  const fields = [...readMessage(bytes, file)]
  const only = (number: number) => {
    const found = fields.filter((field) => field.number === number)
    if (found.length > 1) throw new InvalidCheckpointError(file, `its part ${number} is there twice`)
    return read(found[0]?.value)
  }
  const [trainer, normalizer, denormalizer] = [only(2), only(3), only(5)]
  const hasRules = (spec: ReadonlyMap<number, MessageField['value']>) => isFilled(spec.get(2))
  return {
    pieces: fields.filter(({ number }) => number === 1).map(({ value }) => readPiece(value)),
    algorithm: ALGORITHMS[whole(trainer.get(3), 1) - 1] ?? wrong('the algorithm'),
    byteFallback: flag(trainer.get(35), false),
    whitespaceAsSuffix: flag(trainer.get(24), false),
    begin: whole(trainer.get(41), 1),
    normalizer: {
      name: text(normalizer.get(1), ''),
      hasRules: hasRules(normalizer),
      addDummyPrefix: flag(normalizer.get(3), true),
      removeExtraWhitespaces: flag(normalizer.get(4), true),
      escapeWhitespaces: flag(normalizer.get(5), true),
    },
    denormalizes: hasRules(denormalizer),
  }
}

function isFilled(value: MessageField['value'] | undefined): boolean {
  return value !== undefined && !(value instanceof Uint8Array && value.length === 0)
}
