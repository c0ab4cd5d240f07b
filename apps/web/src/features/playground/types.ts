import type { Model } from '../../data/models.ts'
import type { Receipt } from '../../data/receipts.ts'
import type { Held } from '../receipt/checkReceipt.ts'

/** What a person asks, by the model's task. */
export type Question =
  | { task: 'ocr'; file: File }
  | { task: 'generate' | 'chat'; prompt: string; maxTokens: number; temperature: number; seed: number | undefined }
  | { task: 'embedding'; text: string }
  | { task: 'graph'; json: string }

/** What the gateway honours about one call. */
export type Rules = { maxCostWei: bigint | undefined; provider: `0x${string}` | undefined }

/** One line of text that was read: its corners in the picture's pixels. */
export type Line = { text: string; box: [number, number][]; confidence?: number | undefined }

/** What was answered, by the model's task. */
export type Answer =
  | { task: 'ocr'; text: string; lines: Line[]; file: File }
  | { task: 'generate' | 'chat'; text: string; finish: string; tokens: number }
  | { task: 'embedding'; vector: number[] }
  | { task: 'graph'; outputs: { name: string; shape: number[]; datatype: string; data: number[] }[] }

export type Bought = {
  answer: Answer
  receipt: Receipt
  held: Held
  /** Milliseconds until the whole answer was here. */
  ms: number
}

export type AskParameters = {
  model: Model
  rules: Rules
  signal: AbortSignal
  /** Told of the text so far, where it comes in pieces. */
  onText: (text: string) => void
}
