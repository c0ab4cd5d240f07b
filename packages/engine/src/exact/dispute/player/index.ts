export { PlayerClosedError, PlayerCrashedError } from './errors.ts'
export { openPlayer } from './openPlayer.ts'
export { type OpenPlayerOptions, openPlayerInWorker } from './openPlayerInWorker.ts'
export type { FirstCall, GameSoFar, JudgedAnswer, JudgedTask, NextStep, Player, Side } from './player.ts'
