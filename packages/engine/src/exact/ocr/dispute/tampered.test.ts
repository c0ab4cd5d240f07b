import { bytesToHex, hexToBytes } from '@stoa/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { randomFrom } from '../../testing/graphs/random.ts'
import { elementsOf } from '../../value.ts'
import { traceLiterally } from '../reference/traceLiterally.ts'
import { pageEntryAt, piecesOf } from '../trace/pageLayout.ts'
import { elementEvidence } from './stepEvidence.ts'
import { committedPage } from './testing/committedPage.ts'
import { MADE_ELSEWHERE } from './testing/compareSteps.ts'
import { openPageSteps, type PageStepsContract } from './testing/openPageSteps.ts'
import { randomPage } from './testing/randomPage.ts'

let contract: PageStepsContract
beforeAll(async () => {
  contract = await openPageSteps()
})
afterAll(() => contract.close())

const FLIPS = 4
/** Bytes of a call before the evidence: selector, claims, entry, element. */
const BEFORE_EVIDENCE = 4 + 5 * 32

test('evidence with any bit changed is refused, or says the same', async () => {
  const random = randomFrom(1)
  const own = randomPage(5)
  const { entries: tensors } = await traceLiterally(own, own.keys, own.page)
  const { sources, claims } = committedPage(tensors, own.keys)
  let [refused, same] = [0, 0]
  for (const [entry, { dims }] of tensors.entries()) {
    const { kind } = pageEntryAt(entry, piecesOf(tensors.length) ?? 0)
    if (MADE_ELSEWHERE.includes(kind) || elementsOf(dims) === 0) continue
    const element = random.int(0, elementsOf(dims) - 1)
    const data = contract.elementData({ claims, entry, element, evidence: elementEvidence(sources, entry, element) })
    const truth = await contract.answerTo(data)
    expect(truth).toBeDefined()
    for (let i = 0; i < FLIPS; i++) {
      const bytes = hexToBytes(data)
      const at = random.int(BEFORE_EVIDENCE, bytes.length - 1)
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random.int(0, 7))
      const answer = await contract.answerTo(bytesToHex(bytes))
      if (answer === undefined) refused++
      else same++
      expect(answer ?? truth, `${kind}[${element}], byte ${at}`).toBe(truth)
    }
  }
  expect(refused).toBeGreaterThan(same)
})
