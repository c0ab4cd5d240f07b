import { isClose, type SequentialState, takeAudit, UNDECIDED } from '@stoa/engine/audit'
import { encodeTensors, type Hex, type Tensor, tensorsDigest } from '@stoa/protocol'
import type { Health } from '../market/health.ts'
import type { BoughtAnswer } from './boughtAnswer.ts'
import type { Rerun } from './rerunTable.ts'

export type Finding = Omit<Rerun, 'receipt'>

/** Tests under way, by provider and weights, with the requests that each has counted. */
export type Audits = Map<string, { state: SequentialState; counted: Set<Hex> }>

type JudgeRerunParameters = { health: Pick<Health, 'distrust' | 'doubt'>; audits: Audits }

/** What follows from an answer and the one that was computed here: an exact one is judged to the bit, another is one audit of many. */
export function judgeRerun(parameters: JudgeRerunParameters, answer: BoughtAnswer, own: Tensor[]): Finding {
  return answer.model.card.profile ? compareBits(parameters, answer, own) : audit(parameters, answer, own)
}

/** An exact answer is the same or it is wrong. */
function compareBits({ health }: JudgeRerunParameters, answer: BoughtAnswer, own: Tensor[]): Finding {
  const { model, request, response, record } = answer
  if (tensorsDigest(own) === record.receipt.responseDigest) return { outcome: 'same', reason: '' }
  const reason = `"${differing(own, response)}" is not what ${model.name} computes`
  health.distrust(record.provider, `an exact answer was computed again: ${reason}`)
  const call = { request: encodeTensors(request), answer: encodeTensors(response), own: encodeTensors(own) }
  return { outcome: 'different', reason, ...call }
}

/** One answer that is not close proves nothing; a share of them that no honest seller has is doubted. */
function audit({ health, audits }: JudgeRerunParameters, answer: BoughtAnswer, own: Tensor[]): Finding {
  const { model, response, record } = answer
  const outcome = isClose(model.card.task, own, response) ? 'close' : 'far'
  const name = `${record.provider} ${model.weightsDigest}`
  const test = audits.get(name) ?? { state: UNDECIDED, counted: new Set<Hex>() }
  const { requestDigest } = record.receipt
  // One page on which honest machines differ, asked for again and again, is one audit.
  if (!test.counted.has(requestDigest)) {
    const state = takeAudit(test.state, outcome === 'close')
    const counted = state.verdict === 'open' ? test.counted.add(requestDigest) : new Set<Hex>()
    audits.set(name, { state, counted })
    const reason = `its answers are not those of ${model.name}, by audit`
    if (state.verdict === 'doubted') health.doubt(record.provider, reason)
  }
  return { outcome, reason: outcome === 'far' ? `not close to what ${model.name} computes here` : '' }
}

/** Name of the first tensor that is not the same. */
function differing(own: readonly Tensor[], theirs: readonly Tensor[]): string {
  const same = (a: Tensor, b: Tensor | undefined) => b && tensorsDigest([a]) === tensorsDigest([b])
  return own.find((tensor, i) => !same(tensor, theirs[i]))?.name ?? theirs[own.length]?.name ?? ''
}
