export { PlayerClosedError, PlayerCrashedError } from './errors.ts'
export { openPlayer } from './openPlayer.ts'
export { type OpenPlayerOptions, openPlayerInWorker } from './openPlayerInWorker.ts'
export type { GameSoFar, JudgedAnswer, NextStep, Player, Side } from './player.ts'
