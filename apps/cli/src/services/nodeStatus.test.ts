import { expect, test } from 'vitest'
import { nodeStatusOf } from './nodeStatus.ts'

test('what a running node says of itself is read; nothing of one that does not run, or of another release', () => {
  const told = { problems: ['The chain does not answer.'], warnings: ['Renew the certificate.'], owedWei: '5' }
  expect(nodeStatusOf({ node: told, gateway: {} })).toEqual({ problems: told.problems, warnings: told.warnings })
  for (const services of [undefined, {}, { node: {} }, { node: { problems: 'all' } }])
    expect(nodeStatusOf(services)).toEqual({ problems: [], warnings: [] })
})
