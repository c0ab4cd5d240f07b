import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { type Feed, type ImageInput, InvalidSamplesError, imageFeed, readNpy } from '@stoa/engine/quantize'
import { decodeImage } from '@stoa/gateway'

export type Sample = { readonly file: string; readonly feed: Feed }

const IMAGES = new Set(['.png', '.jpg', '.jpeg', '.webp', '.gif', '.avif', '.tif', '.tiff'])

/** A network that takes images of any size takes those whose sides are multiples of this. */
export const SIDE_STEP = 32

/**
 * The samples in a folder, in the order of their names: images, as the network wants their colours, or .npy files of float32. Images must
 * have the network's size. Where it takes any, and they differ, right and bottom are cut to a multiple of 32. Throws
 * `InvalidSamplesError`.
 */
export async function readSamples(
  folder: string,
  colours: Pick<ImageInput, 'scale' | 'offset' | 'planes'>,
  size: Size,
): Promise<Sample[]> {
  const all = await readdir(folder).catch((cause: unknown) => {
    throw new InvalidSamplesError(`${folder} can't be read`, { cause })
  })
  const [arrays, images]: [Sample[], { file: string; image: Pixels }[]] = [[], []]
  for (const file of all.sort()) {
    const kind = extname(file).toLowerCase()
    if (kind === '.npy') arrays.push({ file, feed: readNpy(await readFile(join(folder, file)), file) })
    else if (IMAGES.has(kind)) images.push({ file, image: await readPixels(join(folder, file)) })
  }
  if (arrays.length + images.length === 0) throw new InvalidSamplesError(`${folder} holds no images and no .npy files`)
  if (arrays.length > 0 && images.length > 0)
    throw new InvalidSamplesError(`${folder} holds images as well as .npy files`)
  const first = images[0]?.image
  const alike = images.every(({ image }) => image.width === first?.width && image.height === first.height)
  const wanted = alike && first ? { height: size.height ?? first.height, width: size.width ?? first.width } : size
  const cut = images.map(({ file, image }) => ({ file, feed: imageFeed(fitted(image, wanted, file), colours) }))
  return [...arrays, ...cut]
}

/** Height and width in pixels, where the network takes only one. */
type Size = { readonly height?: number | undefined; readonly width?: number | undefined }

type Pixels = { readonly width: number; readonly height: number; readonly data: Uint8Array }

async function readPixels(path: string): Promise<Pixels> {
  const { dims, data } = await decodeImage(await readFile(path))
  const [, height = 0, width = 0] = dims
  return { width, height, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) }
}

function fitted(image: Pixels, size: Size, file: string): Pixels {
  const cut = (length: number) => Math.floor(length / SIDE_STEP) * SIDE_STEP
  const [width, height] = [size.width ?? cut(image.width), size.height ?? cut(image.height)]
  const wrong =
    (size.width !== undefined && size.width !== image.width) ||
    (size.height !== undefined && size.height !== image.height)
  if (wrong) {
    throw new InvalidSamplesError(
      `${file} is ${image.width} × ${image.height} pixels, the model takes ${width} × ${height}`,
    )
  }
  if (width === 0 || height === 0)
    throw new InvalidSamplesError(`${file} is smaller than ${SIDE_STEP} × ${SIDE_STEP} pixels`)
  const data = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++) {
    const from = 3 * y * image.width
    data.set(image.data.subarray(from, from + 3 * width), 3 * y * width)
  }
  return { width, height, data }
}
