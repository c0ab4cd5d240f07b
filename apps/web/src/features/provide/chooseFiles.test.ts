import { expect, it } from 'vitest'
import { chooseFiles } from './chooseFiles.ts'

/** A file as a browser gives it, of a folder where `path` has one. */
function file(path: string, bytes = 1): File {
  const made = new File([new Uint8Array(bytes)], path.split('/').at(-1) ?? '')
  return Object.defineProperty(made, 'webkitRelativePath', { value: path.includes('/') ? path : '' })
}

it('takes the files of a folder, and its card apart', () => {
  const { take, card, refused } = chooseFiles([
    file('mine/model.onnx'),
    file('mine/vocab.json'),
    file('mine/card.json'),
  ])
  expect(take.map(({ name }) => name)).toEqual(['model.onnx', 'vocab.json'])
  expect(card?.name).toBe('card.json')
  expect(refused).toEqual([])
})

it.each([
  ['a hidden file', file('.DS_Store')],
  ['a name with a way out', file('..')],
  ['a name that turns letters', file('a\u202egnp.onnx')],
  ['markup', file('<img src=x>.onnx')],
  ['an empty file', file('model.onnx', 0)],
  ['a file in a folder of the folder', file('mine/.git/config')],
])('leaves out %s, and says why', (_what, hostile) => {
  const { take, refused } = chooseFiles([hostile])
  expect(take).toEqual([])
  expect(refused).toHaveLength(1)
})

it('takes no more files than a card can name, but lets one replace another', () => {
  const names = Array.from({ length: 64 }, (_, i) => `f${i}`)
  expect(chooseFiles([file('one-more')], names).refused).toHaveLength(1)
  expect(chooseFiles([file('f3')], names).take).toHaveLength(1)
  expect(chooseFiles([file('twice'), file('twice')]).take).toHaveLength(1)
})
