import type { InferResult } from '../../infer/createInfer.ts'
import { generateRequest, readGenerateAnswer } from '../../tasks/generate.ts'
import type { HttpContext } from '../context.ts'
import { cutAtStop, type SamplingBody, samplingOf } from './sampling.ts'

export type GenerateParameters = { model: string; prompt: string; body: SamplingBody; signal: AbortSignal }

/** A text that a model went on with, as the caller gets it. */
export type Generated = {
  result: InferResult
  text: string
  finish: 'stop' | 'length'
  counts: { prompt: number; completion: number }
}

/** Buys one text. What follows the caller's `stop` was generated, and is paid for, but left out. */
export async function generate(
  { infer }: Pick<HttpContext, 'infer'>,
  parameters: GenerateParameters,
): Promise<Generated> {
  const { model, prompt, body, signal } = parameters
  const request = generateRequest(prompt, samplingOf(body))
  const result = await infer({ model, request, signal })
  const { text, promptTokens, generatedTokens, finish } = readGenerateAnswer(request, result.response)
  const cut = cutAtStop(text, body.stop)
  const counts = { prompt: promptTokens, completion: generatedTokens }
  return { result, text: cut ?? text, finish: cut === undefined ? finish : 'stop', counts }
}
