import type { Hex } from '@stoa/protocol'
import { keccak256, stringToHex } from 'viem'

/** What offers of exact answers of a task name as their profile (specs/dispute.md, "Stages"). An arbiter's `judges` says whether it knows it. */
export const judgedProfile = (task: string): Hex => keccak256(stringToHex(`stoa/exact/1/${task}`))
