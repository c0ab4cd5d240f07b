import { bytesToHex, type Hex } from '@stoa/protocol'
import { expect, test } from 'vitest'
import { InvalidFormulasFileError } from './errors.ts'
import { checkFormulasFile, formulasFile } from './formulasFile.ts'

const root = (byte: number): Hex => bytesToHex(new Uint8Array(32).fill(byte))

test('holds the roots of all graphs, sorted by path', () => {
  const roots = new Map([
    ['b.onnx', root(2)],
    ['a.onnx', root(1)],
  ])
  const bytes = formulasFile(roots)
  const name = (text: string) => Buffer.from(text).toString('hex')
  expect(bytesToHex(bytes)).toBe(
    `0x0102${`06${name('a.onnx')}${'01'.repeat(32)}`}${`06${name('b.onnx')}${'02'.repeat(32)}`}`,
  )
  checkFormulasFile(bytes, roots)
})

test('another file, or graph, is refused', () => {
  const bytes = formulasFile(new Map([['model.onnx', root(1)]]))
  const check = (...given: Parameters<typeof checkFormulasFile>) => expect(() => checkFormulasFile(...given))
  check(bytes, new Map([['model.onnx', root(3)]])).toThrow(InvalidFormulasFileError)
  check(bytes, new Map([['other.onnx', root(1)]])).toThrow(InvalidFormulasFileError)
  check(bytes.subarray(0, -1), new Map([['model.onnx', root(1)]])).toThrow(InvalidFormulasFileError)
  check(Uint8Array.of(...bytes, 0), new Map([['model.onnx', root(1)]])).toThrow(InvalidFormulasFileError)
})

test('is no longer than a leaf', () => {
  const graphs = (count: number) => new Map(Array.from({ length: count }, (_, i) => [`${i}.onnx`, root(i)] as const))
  expect(formulasFile(graphs(13)).length).toBeLessThanOrEqual(512)
  expect(() => formulasFile(graphs(14))).toThrow('the names of 14 graphs take 552 bytes, at most 512 are possible')
  expect(() => formulasFile(new Map())).toThrow('there is no graph')
})
