import type { ImageInput, InputForm, InputLength } from '@stoa/engine/quantize'
import { InvalidSamplesError } from '@stoa/engine/quantize'
import { type Sample, SIDE_STEP } from './readSamples.ts'

/** Largest magnitude of the integers that stand for real inputs. */
const MOST = 4095

/** How the exact graph takes what the samples are: images as bytes, other tensors as integers of 13 bits. */
export function inputForm(
  samples: readonly Sample[],
  dims: readonly (number | string | null)[] | undefined,
  colours: Pick<ImageInput, 'scale' | 'offset' | 'planes'>,
): InputForm {
  if (samples.every(({ file }) => !file.endsWith('.npy'))) {
    const [, , height, width] = dims ?? []
    return {
      kind: 'image',
      ...colours,
      batch: 1,
      height: side('height', height, samples, 2),
      width: side('width', width, samples, 3),
    }
  }
  const [first] = samples
  const shape = first?.feed.dims ?? []
  const other = samples.find(({ feed }) => feed.dims.join() !== shape.join())
  if (other)
    throw new InvalidSamplesError(`${other.file} has the shape [${other.feed.dims}], ${first?.file} [${shape}]`)
  let largest = Number.MIN_VALUE
  for (const { feed } of samples) for (const value of feed.data) largest = Math.max(largest, Math.abs(Number(value)))
  return { kind: 'integers', scale: largest / MOST, lo: -MOST, hi: MOST, dims: shape }
}

function side(
  name: string,
  stated: number | string | null | undefined,
  samples: readonly Sample[],
  axis: number,
): InputLength {
  if (typeof stated === 'number' && stated > 0) return stated
  const lengths = samples.map(({ feed }) => feed.dims[axis] ?? SIDE_STEP)
  const [min, max] = [Math.min(...lengths), Math.max(...lengths)]
  return min === max ? min : { name, min, max, step: SIDE_STEP }
}
