import { InvalidAmountError, parseAmount } from '@stoa/protocol'
import { useState } from 'react'
import { useHome } from '../../../data/home.ts'
import type { Model } from '../../../data/models.ts'
import type { Question, Rules } from '../types.ts'
import { readSampling, type SamplingTexts } from './readSampling.ts'

/** What was put into the form so far. */
export type Draft = {
  file: File | undefined
  setFile(file: File | undefined): void
  text: string
  setText(text: string): void
  sampling: SamplingTexts
  setSampling(texts: SamplingTexts): void
  /** What is wrong with how a text is to be drawn, in words. */
  samplingErrors: ReturnType<typeof readSampling>['errors']
  ceiling: string
  setCeiling(text: string): void
  /** What is wrong with the ceiling, in words. */
  ceilingError: string | undefined
  provider: string
  setProvider(address: string): void
  /** The question, once it is whole. */
  question: Question | undefined
  /** The rules, unless something is wrong with them. */
  rules: Rules | undefined
}

/** The state of the form about one model. */
export function useDraft(model: Model): Draft {
  const { token } = useHome()
  const { task, offers } = model.stoa
  const [file, setFile] = useState<File>()
  const [text, setText] = useState('')
  const [sampling, setSampling] = useState<SamplingTexts>({ maxTokens: '64', temperature: '0.7', seed: '' })
  const [ceiling, setCeiling] = useState('')
  const [provider, setProvider] = useState('')

  const drawn = readSampling(sampling)
  const most = readCeiling()
  function readCeiling(): { wei?: bigint; error?: string } {
    if (ceiling.trim() === '') return {}
    try {
      return { wei: parseAmount(ceiling.trim(), token) }
    } catch (error) {
      if (error instanceof InvalidAmountError) return { error: error.hint ?? error.shortMessage }
      throw error
    }
  }
  function readQuestion(): Question | undefined {
    if (task === 'ocr') return file && { task, file }
    if (text.trim() === '') return undefined
    if (task === 'graph') return { task, json: text }
    if (task === 'embedding') return { task, text }
    return drawn.sampling && { task, prompt: text, ...drawn.sampling }
  }
  const seller = offers.find((offer) => offer.provider === provider)?.provider
  return {
    ...{ file, setFile, text, setText, sampling, setSampling, samplingErrors: drawn.errors },
    ...{ ceiling, setCeiling, ceilingError: most.error, provider, setProvider },
    question: readQuestion(),
    rules: most.error === undefined ? { maxCostWei: most.wei, provider: seller } : undefined,
  }
}
