export { gatherEvidence } from './gatherEvidence.ts'
export type { Claims, CommittedData, Evidence, EvidenceSources, LeafOpening, TensorOpening } from './types.ts'
