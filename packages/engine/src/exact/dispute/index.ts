export { committed } from '../evidence/index.ts'
export { type Call, type Complaint, challengerCall, sellerCall } from './callOf.ts'
export { type Challenger, type ChallengerMove, challengerMove, type Shown } from './challengerMove.ts'
export { type FoldClaim, type Game, type LeafProof, type PartProof, PHASES } from './game.ts'
export { formulaTree, type ModelOpening, modelOpening } from './modelOpening.ts'
export { type Case, type Exhibit, type OpenCaseParameters, openCase, type Question } from './openCase.ts'
export { type OwnRun, openOwnRun } from './ownRun.ts'
export {
  type FirstCall,
  type GameSoFar,
  JUDGED_TASKS,
  type JudgedAnswer,
  type JudgedTask,
  type NextStep,
  type OpenPlayerOptions,
  openPlayer,
  openPlayerInProcess,
  type Player,
  PlayerClosedError,
  PlayerCrashedError,
  PlayerTooLongError,
  type Side,
} from './player/index.ts'
export { responseOf } from './responseOf.ts'
export { type ResponseProof, responseProof } from './responseProof.ts'
export { type FoldStates, type SellerMove, sellerMove } from './sellerMove.ts'
export { type PostedRow, sellerPath } from './sellerTree.ts'
export { encodeStage, type Stage, stageSubject } from './stage.ts'
export type { AnswerStages, ClaimedStage, Fault, StageOpening } from './stages/answerStages.ts'
export { embeddingStages } from './stages/embeddingStages.ts'
export { generateStages } from './stages/generateStages.ts'
export { deadlineOf, turnOf } from './turnOf.ts'
