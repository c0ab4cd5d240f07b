export { isClose } from './isClose.ts'
export { type CompareSamplesParameters, compareSamples, type Samples } from './sampleTest.ts'
export {
  AUDIT_TEST,
  type SequentialState,
  type SequentialTestParameters,
  takeAudit,
  UNDECIDED,
} from './sequentialTest.ts'
