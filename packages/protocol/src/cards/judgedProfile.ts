import { bytesToHex, type Hex } from '../hex.ts'
import { keccak256 } from '../messages/eip712.ts'
import type { ModelCard } from './modelCard.ts'

/** The file of a judged model's bundle that commits to its formulas (specs/formulas.md). */
export const FORMULAS_FILE = 'formulas.bin'

/** Tasks whose answers a contract can judge, by the names of their profiles (specs/dispute.md). */
const PROFILES: Partial<Record<ModelCard['task'], string>> = { graph: 'stoa/exact/1/graph' }

/**
 * The profile under which a contract can judge a model's answers, as offers name it. Undefined where none can: the model rounds, nobody judges its task,
 * or its bundle commits to no formulas.
 */
export function judgedProfile({
  task,
  profile,
  files,
}: Pick<ModelCard, 'task' | 'profile' | 'files'>): Hex | undefined {
  const name = PROFILES[task]
  if (!name || !profile || !files.some(({ path }) => path === FORMULAS_FILE)) return undefined
  return bytesToHex(keccak256(new TextEncoder().encode(name)))
}
