import type { Call } from '../payment/lane.ts'
import type { LaneBook } from '../payment/openLaneBook.ts'
import type { Outcome } from '../provider/outcome.ts'
import { isFault, type Judge, type Verdict } from './createJudge.ts'
import type { Sale } from './sale.ts'

/**
 * What an attempt to buy brought. `answered`: paid, checked, recorded. `refused` and `unsent`: nothing was charged. `spent`: a voucher is with
 * the provider, which may charge it, and there is no answer.
 */
export type Attempt =
  | {
      kind: 'answered'
      verdict: Verdict /** It is what was made of a stream that ended in the middle. */
      isCut?: boolean
    }
  | { kind: 'refused' | 'unsent' | 'spent'; code: string; message: string }

/** Has an answer judged. The call is closed after it, or in doubt when the chain was needed for the judgement and did not answer. */
export async function acceptAnswer(
  { judge, lanes }: { judge: Judge; lanes: Pick<LaneBook, 'doubt'> },
  call: Call,
  sale: Sale,
  { isCut = false, ...answer }: Outcome & { kind: 'answered'; isCut?: boolean },
): Promise<Attempt> {
  try {
    return { kind: 'answered', verdict: await judge.judge(call, sale, answer), isCut }
  } catch (error) {
    if (isFault(error)) return { kind: 'spent', code: error.code, message: error.shortMessage }
    lanes.doubt(call)
    return { kind: 'spent', code: 'UNCHECKED', message: `its signer could not be looked up (${error})` }
  }
}
