import { expect, test } from 'vitest'
import { FORMULAS_FILE, judgedProfile, profileOfCard } from './judgedProfile.ts'
import type { ModelCard } from './modelCard.ts'

const file = (path: string) => ({ path, cid: 'b', bytes: 1, root: `0x${'00'.repeat(32)}` as const })
const judged: Pick<ModelCard, 'task' | 'profile' | 'files'> = {
  ...{ task: 'graph', profile: 'exact/1' },
  files: [file('model.onnx'), file(FORMULAS_FILE)],
}

test('names the profile that the judge’s contract has as a constant', () => {
  // keccak256("stoa/exact/1/graph"), GamePayouts.PROFILE
  expect(profileOfCard(judged)).toBe(judgedProfile('graph'))
  expect(judgedProfile('graph')).toBe('0xe698e652d30b7d0320475ce46221d89687a83a879c92a59e802a18fc9fe22ae8')
})

test.each([
  ['a model that rounds', { ...judged, profile: undefined }],
  ['a bundle without formulas', { ...judged, files: judged.files.slice(0, 1) }],
])('names none for %s', (_, card) => {
  expect(profileOfCard(card)).toBeUndefined()
})
