import type { ModelCard } from '../cards/modelCard.ts'
import type { ProofKind } from './offer.ts'

/** How an answer can be proved wrong, in terms and in words for people. */
export type Proof = {
  kind: ProofKind
  /** Arithmetic profile that defines the answer to the bit; undefined where none does. */
  profile: ModelCard['profile']
  why: string
}

/** What an offer's proof kind and its model's profile together mean to a buyer (specs/offer.md, "Proof kind"). */
export function proofOf(kind: ProofKind, profile: ModelCard['profile']): Proof {
  return { kind, profile, why: WORDS[kind === 'exact' ? 'exact' : profile ? 'reproducible' : 'signed'] }
}

const WORDS = {
  exact: 'Defined to the bit; the contract that the offer names convicts a seller of a wrong answer.',
  reproducible:
    'Defined to the bit, so anyone can compute it again and see a wrong answer; but the offer names no contract that judges it.',
  signed:
    'Signed by the seller only: this model rounds differently from machine to machine, so no answer can be proved wrong.',
} as const
