import { MARK } from '../../text/pieces/createMarker.ts'
import { createPieceBpe } from '../../text/pieces/createPieceBpe.ts'
import type { PieceAddedToken, Tokenizer } from '../../text/tokenizer.ts'
import { InvalidCheckpointError, UnsupportedCheckpointError } from '../errors.ts'
import { byteIds } from './byteNames.ts'
import { parseModel, type SentencePieceModel } from './sentencepiece/parseModel.ts'

/**
 * Tokenizer of a tokenizer.model of SentencePiece: BPE that falls back to bytes. Other algorithms and normalizers are refused by name.
 * `begins`: whether the model's first id stands before texts, which the file itself does not say.
 */
export function fromSentencePieceModel(bytes: Uint8Array, file: string, { begins }: { begins: boolean }): Tokenizer {
  const model = parseModel(bytes, file)
  refuseFeatures(model, file)
  const added: PieceAddedToken[] = []
  const byteTokens: [text: string, id: number][] = []
  const pieces = model.pieces.map(({ text, kind }, id) => {
    switch (kind) {
      case 'normal':
        return text
      case 'user-defined':
        // Found in the marked text: a piece of two marks is two blanks.
        added.push({ id, content: text.replaceAll(MARK, ' '), special: false, marked: text.replaceAll(' ', MARK) })
        return undefined
      case 'byte':
        byteTokens.push([text, id])
        return undefined
      case 'unknown':
      case 'control':
        added.push({ id, content: text, special: true })
        return undefined
      case 'unused':
        throw new UnsupportedCheckpointError(file, `the unused piece "${text}"`, { hint: WHAT_TO_DO })
    }
    return kind satisfies never
  })
  const { addDummyPrefix, removeExtraWhitespaces } = model.normalizer
  if (begins && model.begin < 0) throw new InvalidCheckpointError(file, 'it has no token that begins texts')
  return createPieceBpe({
    pieces,
    bytes: byteIds(byteTokens),
    joins: { by: 'score', scores: model.pieces.map(({ score }) => score) },
    added,
    ...(addDummyPrefix ? { before: { stretches: 'first', unlessThere: false } } : {}),
    trims: removeExtraWhitespaces,
    takesBlankOff: addDummyPrefix || removeExtraWhitespaces,
    begin: begins ? [model.begin] : [],
  })
}

/** Hugging Face's libraries convert these files, with what belongs to other kinds of model. */
const WHAT_TO_DO =
  'Put the tokenizer.json of the model beside it, or save one: AutoTokenizer.from_pretrained(folder).save_pretrained(folder). specs/text.md says what Stoa knows of those.'

function refuseFeatures(model: SentencePieceModel, file: string): void {
  const refuse = (feature: string, why: string): never => {
    throw new UnsupportedCheckpointError(file, feature, { why, hint: WHAT_TO_DO })
  }
  if (model.algorithm !== 'BPE') refuse(`SentencePiece's ${model.algorithm} model`, 'in trainer_spec.model_type')
  if (!model.byteFallback) refuse('unknown characters', 'trainer_spec.byte_fallback is off')
  if (model.whitespaceAsSuffix) refuse('blanks at the end of words', 'in trainer_spec.treat_whitespace_as_suffix')
  if (model.normalizer.hasRules) refuse(`the normalizer "${model.normalizer.name}"`, 'in normalizer_spec')
  if (!model.normalizer.escapeWhitespaces) refuse('blanks without marks', 'in normalizer_spec.escape_whitespaces')
  if (model.denormalizes) refuse('rules for decoded text', 'in denormalizer_spec')
}
