import { InvalidArgumentError } from 'commander'
import { expect, it } from 'vitest'
import { chance, count, port, seed, share, temperature, tokens } from './readers.ts'

it.each([
  ['port', port, ['1', '65535', '8080'], ['0', '65536', '80.5', '-1']],
  ['share', share, ['0', '50', '12.5'], ['-1', '50.1', '12%']],
  ['temperature', temperature, ['0', '2', '0.7'], ['-0.1', '2.1']],
  ['seed', seed, ['0', '9007199254740991'], ['-1', '1.5', '9007199254740992']],
  ['chance', chance, ['0', '1', '0.25'], ['-1', '1.01']],
  ['tokens', tokens, ['1', '1000000000'], ['0', '1.5', '1000000001']],
  ['count', count, ['1', '1000'], ['0', '1001', '2.5']],
])('reads a %s within its bounds, and nothing else', (_, read, good, bad) => {
  for (const text of good) expect(read(text)).toBe(Number(text))
  for (const text of [...bad, '', ' ', 'x', 'NaN', 'Infinity', '1,5'])
    expect(() => read(text)).toThrow(InvalidArgumentError)
})
