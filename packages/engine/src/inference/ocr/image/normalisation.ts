import type { Normalisation } from './samplePlanes.ts'

/** 0…255 → −1…1, as PaddleOCR's recogniser and orientation classifier want it. */
export const SYMMETRIC: Normalisation = {
  scale: [2 / 255, 2 / 255, 2 / 255],
  offset: [-1, -1, -1],
}
