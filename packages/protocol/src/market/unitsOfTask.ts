import type { ModelCard } from '../cards/modelCard.ts'
import type { Unit } from './offer.ts'

/** Units that both sides can count of a task's calls (specs/offer.md). Nothing else is sold or bought: it could not be checked. */
export const UNITS_OF_TASK: Readonly<Record<ModelCard['task'], readonly Unit[]>> = {
  ocr: ['call', 'pixel'],
  embedding: ['call', 'token'],
  generate: ['call', 'token'],
  chat: ['call', 'token'],
  graph: ['call', 'byte'],
}
