import { toBytes } from '../../quantize/lower/bytes.ts'
import { rootNorm } from '../../quantize/lower/rootNorm.ts'
import type { NormCalibration } from '../../quantize/lower/steps.ts'
import type { ExactScope } from './scope.ts'

/** The residual stream normed and brought to bytes. */
export function normedBytes(scope: ExactScope, x: string, { gains, step }: NormCalibration, hint: string): string {
  const { emitter, config, reach } = scope
  const epsilon = config.rmsEpsilon / scope.step ** 2
  const normed = rootNorm({ emitter, x, width: config.hidden, reach, epsilon, gains, unit: 1 / step, hint })
  return toBytes(emitter, normed, `${hint}/bytes`)
}
