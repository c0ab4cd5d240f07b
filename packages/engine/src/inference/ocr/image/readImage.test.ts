import { InvalidTensorError, tensorOf } from '@stoa/protocol'
import { expect, test } from 'vitest'
import { InvalidRequestError } from '../../errors.ts'
import { readImage } from './readImage.ts'

const image = (...dims: number[]) => tensorOf('image', 'u8', dims, new Uint8Array(dims.reduce((a, b) => a * b, 1)))

test('gives a view of the pixels', () => {
  const tensor = image(1, 8, 9, 3)
  expect(readImage([tensor])).toEqual({ width: 9, height: 8, data: tensor.data })
  expect(readImage([tensor]).data).toBe(tensor.data)
})

test('takes the largest images', () => {
  expect(readImage([image(1, 4096, 3906, 3)]).height).toBe(4096)
})

test.each([
  ['nothing', [], 'one tensor is needed, 0 were given'],
  ['two tensors', [image(1, 8, 8, 3), image(1, 8, 8, 3)], 'one tensor is needed, 2 were given'],
  ['another name', [{ ...image(1, 8, 8, 3), name: 'picture' }], 'the tensor must be called "image", not "picture"'],
  ['another type', [{ ...image(1, 8, 8, 3), dtype: 'i8' as const }], '"image" must be u8, not i8'],
  ['two images', [image(2, 8, 8, 3)], '"image" must be [1, height, width, 3], not [2, 8, 8, 3]'],
  ['grey pixels', [image(1, 8, 8, 1)], '"image" must be [1, height, width, 3], not [1, 8, 8, 1]'],
  ['no batch', [image(8, 8, 3)], '"image" must be [1, height, width, 3], not [8, 8, 3]'],
  ['no dimensions', [image()], '"image" must be [1, height, width, 3], not []'],
  ['a low image', [image(1, 7, 99, 3)], 'sides must be 8 to 4096 pixels, the image is 99×7'],
  ['a wide image', [image(1, 8, 4097, 3)], 'sides must be 8 to 4096 pixels, the image is 4097×8'],
  [
    'a vast image',
    [{ ...image(1, 0, 0, 3), dims: [1, 4096, 4096, 3] }],
    'at most 16000000 pixels, the image has 16777216',
  ],
  [
    'no number',
    [{ ...image(1, 0, 0, 3), dims: [1, Number.NaN, 9, 3] }],
    'sides must be 8 to 4096 pixels, the image is 9×NaN',
  ],
])('refuses %s', (_, request, why) => {
  expect(() => readImage(request)).toThrow(InvalidRequestError)
  expect(() => readImage(request)).toThrow(`Invalid ocr request: ${why}.`)
})

test.each([
  ['fewer bytes than the dimensions say', [1, 9, 8, 3]],
  ['half a pixel', [1, 8.5, 8, 3]],
])('refuses %s', (_, dims) => {
  expect(() => readImage([{ ...image(1, 8, 8, 3), dims }])).toThrow(InvalidTensorError)
})
