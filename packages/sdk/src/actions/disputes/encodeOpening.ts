import type { Hex } from '@stoa/protocol'
import { encodeAbiParameters, parseAbiParameters } from 'viem'
import { encodePageOpening } from './encodePage.ts'

const LEAF = 'struct Leaf { bytes data; bytes32[] path; }'
const TEXTS = 'struct Texts { uint256 ids; bytes32 idsRoot; uint256 texts; bytes32 offsetsRoot; }'
const ANSWER =
  'struct Answer { bytes text; uint256 prompt; bytes settings; bytes32 seed; bytes32[] files; uint256 place; bytes generation; }'

/** By task and by what is shown: `Opening` and `Malformed` of the contracts in contracts/src/verification/stages. */
const LAYOUTS = {
  generate: {
    stage: parseAbiParameters(['Answer opening', ANSWER]),
    malformed: parseAbiParameters([
      'Malformed opening',
      'struct Malformed { Answer answer; bytes32[] response; bytes header; bytes32 dataRoot; }',
      ANSWER,
    ]),
  },
  embedding: {
    stage: parseAbiParameters([
      'Row opening',
      'struct Row { Texts request; Leaf[] offsets; Leaf[] ids; bytes32 row; bytes32[] path; }',
      ...[TEXTS, LEAF],
    ]),
    malformed: parseAbiParameters([
      'Malformed opening',
      'struct Malformed { Texts request; bytes32[] response; bytes header; bytes32 dataRoot; }',
      TEXTS,
    ]),
  },
} as const

/** What a contract needs to derive a stage of an answer, or to see that it is malformed; a player (`openPlayer` of the engine) says which. */
export type Opening =
  | { of: keyof typeof LAYOUTS; shows: 'stage' | 'malformed'; opening: object }
  | { of: 'ocr'; shows: 'stage'; opening: { header: Hex; dataRoot: Hex } }

/** An opening as `challengeStage` and `proveMalformed` take it. */
export function encodeOpening(shown: Opening): Hex {
  if (shown.of === 'ocr') return encodePageOpening(shown.opening.header, shown.opening.dataRoot)
  const layout = LAYOUTS[shown.of][shown.shows] as readonly [{ type: 'tuple' }]
  return encodeAbiParameters(layout, [shown.opening as never])
}
