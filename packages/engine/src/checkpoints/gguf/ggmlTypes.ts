import type { Packing } from '../readFloats.ts'
import { toFloats } from '../toFloats.ts'
import { unpackQ4K, unpackQ5K, unpackQ6K } from './unpackK.ts'
import { unpackQ40, unpackQ41, unpackQ50, unpackQ51, unpackQ80 } from './unpackLegacy.ts'

export type GgmlType = Packing & { readonly name: string }

/** Tensor types that can be read, by their ids in a file. */
export const GGML_TYPES: ReadonlyMap<number, GgmlType> = new Map([
  [0, { name: 'F32', elements: 1, bytes: 4, unpack: toFloats.bind(undefined, 'F32') }],
  [1, { name: 'F16', elements: 1, bytes: 2, unpack: toFloats.bind(undefined, 'F16') }],
  [2, { name: 'Q4_0', elements: 32, bytes: 18, unpack: unpackQ40 }],
  [3, { name: 'Q4_1', elements: 32, bytes: 20, unpack: unpackQ41 }],
  [6, { name: 'Q5_0', elements: 32, bytes: 22, unpack: unpackQ50 }],
  [7, { name: 'Q5_1', elements: 32, bytes: 24, unpack: unpackQ51 }],
  [8, { name: 'Q8_0', elements: 32, bytes: 34, unpack: unpackQ80 }],
  [12, { name: 'Q4_K', elements: 256, bytes: 144, unpack: unpackQ4K }],
  [13, { name: 'Q5_K', elements: 256, bytes: 176, unpack: unpackQ5K }],
  [14, { name: 'Q6_K', elements: 256, bytes: 210, unpack: unpackQ6K }],
  [30, { name: 'BF16', elements: 1, bytes: 2, unpack: toFloats.bind(undefined, 'BF16') }],
])

/** Types that files have and this reader does not, to refuse them by name. */
export const OTHER_GGML_TYPES: ReadonlyMap<number, string> = new Map([
  [9, 'Q8_1'],
  [10, 'Q2_K'],
  [11, 'Q3_K'],
  [15, 'Q8_K'],
  [16, 'IQ2_XXS'],
  [17, 'IQ2_XS'],
  [18, 'IQ3_XXS'],
  [19, 'IQ1_S'],
  [20, 'IQ4_NL'],
  [21, 'IQ3_S'],
  [22, 'IQ2_S'],
  [23, 'IQ4_XS'],
  [24, 'I8'],
  [25, 'I16'],
  [26, 'I32'],
  [27, 'I64'],
  [28, 'F64'],
  [29, 'IQ1_M'],
  [34, 'TQ1_0'],
  [35, 'TQ2_0'],
  [39, 'MXFP4'],
])
