import { keccak256 } from '#keccak256'
import { bytesToHex, type Hex } from '../hex.ts'
import type { ModelCard } from './modelCard.ts'

/** The file of a judged model's bundle that commits to its formulas (specs/formulas.md). */
export const FORMULAS_FILE = 'formulas.bin'

/** What offers of exact answers of a task name as their profile (specs/dispute.md, "Stages"). An arbiter's `judges` says whether it knows it. */
export const judgedProfile = (task: string): Hex =>
  bytesToHex(keccak256(new TextEncoder().encode(`stoa/exact/1/${task}`)))

/** As much of a card as says whether its answers can be judged. */
type JudgedCard = Pick<ModelCard, 'task' | 'profile'> & {
  files: readonly Pick<ModelCard['files'][number], 'path'>[]
}

/** The profile under which an arbiter may judge a model's answers; undefined where none can: the model rounds, or its bundle commits to no formulas. */
export function profileOfCard({ task, profile, files }: JudgedCard): Hex | undefined {
  return profile && files.some(({ path }) => path === FORMULAS_FILE) ? judgedProfile(task) : undefined
}
