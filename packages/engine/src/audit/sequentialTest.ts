export type SequentialTestParameters = {
  /** Share of failures among an honest seller's audits, at most. */
  honest: number
  /** Share among those of a seller that is worth catching, at least. */
  cheating: number
  /** Chance that a test doubts an honest seller. */
  falseAlarm: number
  /** Chance that a test clears a seller that cheats so much. */
  miss: number
}

/** The figures of specs/audits.md. */
export const AUDIT_TEST: SequentialTestParameters = { honest: 0.01, cheating: 0.1, falseAlarm: 0.0001, miss: 0.01 }

export type SequentialState = { readonly logRatio: number; readonly verdict: 'open' | 'doubted' | 'cleared' }

/** Before the first audit, and again after a verdict. */
export const UNDECIDED: SequentialState = { logRatio: 0, verdict: 'open' }

/** Takes up one audit (Wald's sequential probability ratio test, specs/audits.md). A state that is decided begins anew. */
export function takeAudit(
  state: SequentialState,
  isClose: boolean,
  { honest, cheating, falseAlarm, miss }: SequentialTestParameters = AUDIT_TEST,
): SequentialState {
  const from = state.verdict === 'open' ? state.logRatio : 0
  const logRatio = from + (isClose ? Math.log((1 - cheating) / (1 - honest)) : Math.log(cheating / honest))
  if (logRatio >= Math.log((1 - miss) / falseAlarm)) return { logRatio, verdict: 'doubted' }
  return { logRatio, verdict: logRatio <= Math.log(miss / (1 - falseAlarm)) ? 'cleared' : 'open' }
}
