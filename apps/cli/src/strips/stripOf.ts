import { readFile } from 'node:fs/promises'
import { decodeImage } from '@stoa/gateway'
import { type Tensor, tensorOf } from '@stoa/protocol'

/** Pixels that the recogniser takes for the height of a line, and the step of its width. */
const HEIGHT = 48
const STEP = 8

export type Box = { readonly left: number; readonly top: number; readonly width: number; readonly height: number }

/** A line cut out of an image and scaled to the height that the recogniser reads: `image` u8 [1, 48, w, 3]. */
export async function stripOf(file: URL, { left, top, width, height }: Box): Promise<Tensor> {
  const { data, dims } = await decodeImage(new Uint8Array(await readFile(file)))
  const columns = dims[2] ?? 0
  const wide = Math.round((width * HEIGHT) / height / STEP) * STEP
  const strip = new Uint8Array(HEIGHT * wide * 3)
  const at = (y: number, x: number, plane: number) => data[(y * columns + x) * 3 + plane] ?? 0
  for (let row = 0; row < HEIGHT; row++)
    for (let column = 0; column < wide; column++) {
      const [y, down] = whole(top + ((row + 0.5) * height) / HEIGHT - 0.5)
      const [x, right] = whole(left + ((column + 0.5) * width) / wide - 0.5)
      for (let plane = 0; plane < 3; plane++) {
        const upper = at(y, x, plane) * (1 - right) + at(y, x + 1, plane) * right
        const lower = at(y + 1, x, plane) * (1 - right) + at(y + 1, x + 1, plane) * right
        strip[(row * wide + column) * 3 + plane] = Math.round(upper * (1 - down) + lower * down)
      }
    }
  return tensorOf('image', 'u8', [1, HEIGHT, wide, 3], strip)
}

const whole = (x: number): readonly [number, number] => [Math.floor(x), x - Math.floor(x)]
