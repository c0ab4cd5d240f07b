import type { Step } from './step.ts'

/** Number of channels of an image, where the step that made it tells. */
export function channelsOf(name: string, maker: (name: string) => Step | undefined): number | undefined {
  const step = maker(name)
  switch (step?.op) {
    case 'conv':
      return step.weights.dims[step.transposed ? 1 : 0]
    case 'affine':
    case 'clip':
    case 'function':
    case 'hardSwish':
    case 'maxPool':
    case 'resize':
    case 'mean':
      return channelsOf(step.x, maker)
    case 'add':
    case 'sub':
    case 'mul':
      return channelsOf(step.a, maker) ?? channelsOf(step.b, maker)
    default:
      return undefined
  }
}
