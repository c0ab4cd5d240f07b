import { expect, test } from 'vitest'
import { agreement } from './agreement.ts'
import { embedBoth } from './embedBoth.ts'
import { judgedMessages, judgedSentences } from './sentences.ts'

test('every sentence has a cosine to float32 of 0.99 or more, and 95 of 100 the same nearest neighbour', async () => {
  const texts = [await judgedSentences(), await judgedMessages()]
  for (const { exact, float } of await embedBoth(texts)) {
    expect(exact.length).toBeGreaterThan(1_000)
    const { cosines, sameNearest } = agreement(exact, float)
    expect(cosines[0]).toBeGreaterThanOrEqual(0.99)
    expect(sameNearest).toBeGreaterThanOrEqual(0.95)
  }
})
