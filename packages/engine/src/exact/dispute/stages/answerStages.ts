import type { Hex, Tensor } from '@stoa/protocol'
import type { OpenedExact } from '../../openExact.ts'
import type { Value } from '../../value.ts'
import type { LeafProof } from '../game.ts'

/** What `GenerateStages` is shown of an answer (contracts/src/verification/stages). */
export type GenerateOpening = {
  readonly text: Hex
  readonly prompt: bigint
  readonly settings: Hex
  readonly seed: Hex
  readonly files: readonly Hex[]
  readonly place: bigint
  readonly generation: Hex
}

/** What `EmbeddingStages` is shown of a request. */
export type EmbeddingRequest = {
  readonly ids: bigint
  readonly idsRoot: Hex
  readonly texts: bigint
  readonly offsetsRoot: Hex
}

export type EmbeddingOpening = {
  readonly request: EmbeddingRequest
  readonly offsets: readonly LeafProof[]
  readonly ids: readonly LeafProof[]
  readonly row: Hex
  readonly path: readonly Hex[]
}

/** What `OcrStages` is shown of a request: its tensor's header, and the root over its data. */
export type OcrOpening = { readonly header: Hex; readonly dataRoot: Hex }

/** Tensors of a response that are not those of its task. */
type OtherTensors = { readonly response: readonly Hex[]; readonly header: Hex; readonly dataRoot: Hex }

/** What a contract needs to derive a stage, or to see that a response is malformed; whoever sends it encodes it. Can be handed from thread to thread. */
export type StageOpening =
  | { readonly of: 'generate'; readonly shows: 'stage'; readonly opening: GenerateOpening }
  | {
      readonly of: 'generate'
      readonly shows: 'malformed'
      readonly opening: OtherTensors & { answer: GenerateOpening }
    }
  | { readonly of: 'embedding'; readonly shows: 'stage'; readonly opening: EmbeddingOpening }
  | { readonly of: 'ocr'; readonly shows: 'stage'; readonly opening: OcrOpening }
  | {
      readonly of: 'embedding'
      readonly shows: 'malformed'
      readonly opening: OtherTensors & { request: EmbeddingRequest }
    }

/** What is wrong with an answer of a composed task: a stage, by its number, or its form. */
export type Fault =
  | { readonly fault: 'stage'; readonly place: number }
  | { readonly fault: 'malformed'; readonly opening: StageOpening }

/** A stage as an answer claims it. */
export type ClaimedStage = {
  /** What its graph is run on. */
  readonly inputs: ReadonlyMap<string, Value>
  /** The same as tensors, in the order of the graph's inputs. */
  readonly request: readonly Tensor[]
  /** What it should have given. */
  readonly response: readonly Tensor[]
}

/** What an answer of a composed task consists of (specs/dispute.md, "Stages"). All of its stages are runs of one graph. */
export type AnswerStages = {
  /** By which `formulas.bin` names the graph. */
  readonly path: string
  readonly count: number
  openGraph(): Promise<OpenedExact>
  /** Computes the answer again. The first stage that is wrong, if what stands before it is taken as it was answered. Undefined where all is right. */
  findFault(): Promise<Fault | undefined>
  claimed(place: number): ClaimedStage
  opening(place: number): StageOpening
}
