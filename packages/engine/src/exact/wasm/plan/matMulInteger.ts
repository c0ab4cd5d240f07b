import type { OnnxNode } from '../../../onnx/model.ts'
import { INTEGER_PANEL, packIntegerKernel, pairsOf } from '../kernels/integerOperands.ts'
import { pairBytes } from '../kernels/integerProduct.ts'
import type { Chain } from './chain.ts'
import { matricesOf, matrixBytes, type PackedMatrices, packIntegers, planIntegerProduct } from './integerProduct.ts'
import { addressOf, type PlanBuilder } from './planBuilder.ts'
import { type Product, productOf, standIn } from './product.ts'
import type { View } from './view.ts'

/** Plans `MatMulInteger`; its right operand is brought to panels, once if it is constant. */
export function planMatMulInteger(plan: PlanBuilder, node: OnnxNode, chain: Chain): View {
  const [, rightName = '', leftZero, rightZero] = node.inputs
  const constant = plan.constant(rightName)
  // What is packed once need not lie in memory as it is in the file.
  const right = constant?.dims.length === 2 ? standIn(constant.dims, 'u8') : plan.dense(plan.view(rightName))
  const product = productOf(plan.dense(plan.input(node, 0)), right)
  return planIntegerProduct(plan, {
    ...{ node, chain, product, type: 'i32' },
    packed: planPanels(plan, rightName, product),
    leftZero: plan.numbers(leftZero)?.[0] ?? 0,
    rightZero: plan.numbers(rightZero)?.[0] ?? 0,
  })
}

function planPanels(plan: PlanBuilder, name: string, { right, depth, columns, batchDims }: Product): PackedMatrices {
  const own = { form: 'u8', matrixBytes: matrixBytes('u8', depth, columns) } as const
  const constant = plan.constant(name)
  if (constant?.type === 'u8' && constant.dims.length === 2) {
    const home = plan.place(name, 'u8 panels', () => packIntegers('u8', constant.data, depth, columns))
    return { ...own, address: { home, bytes: 0 } }
  }
  const pairs = pairsOf(depth)
  const count = matricesOf(right, batchDims)
  const packed = plan.allocate('u8', [count, own.matrixBytes], [0, 1])
  plan.emit(packIntegerKernel, count * pairs, columns / INTEGER_PANEL, {
    input: addressOf(right),
    length: depth,
    columns,
    pairs,
    out: addressOf(packed),
    panelBytes: pairs * pairBytes('u8'),
    matrixBytes: own.matrixBytes,
  })
  return { ...own, address: addressOf(packed) }
}
