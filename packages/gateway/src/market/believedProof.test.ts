import { FORMULAS_FILE, judgedProfile, type ModelCard } from '@stoa/protocol'
import { expect, test } from 'vitest'
import { believedProof } from './believedProof.ts'

const ARBITER = '0x00000000000000000000000000000000000000Aa'
const root = `0x${'00'.repeat(32)}` as const
const words = { name: 'n', title: '', description: '', licence: '', source: '' }
const card: ModelCard = {
  ...{ stoa: 'model-card/1', ...words, task: 'graph', profile: 'exact/1' },
  files: ['model.onnx', FORMULAS_FILE].map((path) => ({ path, cid: 'b', bytes: 1, root })),
}
const offer = { proofKind: 'exact', arbiter: ARBITER, profile: judgedProfile('graph'), slashCap: 1n } as const
const believed = { offer, arbiter: ARBITER, card } as const

test('believes the deployment’s own judge, however its address is written, also when the card is gone', () => {
  expect(believedProof({ ...believed, arbiter: '0x00000000000000000000000000000000000000aa' })).toBe('exact')
  expect(believedProof({ ...believed, card: undefined })).toBe('exact')
})

test.each([
  ['an offer that says less', { ...believed, offer: { ...offer, proofKind: 'attested' as const } }],
  ['another judge', { ...believed, arbiter: '0x00000000000000000000000000000000000000bb' as const }],
  ['no judge', { ...believed, arbiter: undefined }],
  ['a conviction that costs nothing', { ...believed, offer: { ...offer, slashCap: 0n } }],
  ['the profile of another task', { ...believed, offer: { ...offer, profile: judgedProfile('ocr') } }],
  ['a bundle without formulas', { ...believed, card: { ...card, files: card.files.slice(0, 1) } }],
])('calls what it gets attested: %s', (_, parameters) => {
  expect(believedProof(parameters)).toBe('attested')
})
