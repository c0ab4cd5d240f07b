export { encodeModule, type InitialData } from './encodeModule.ts'
export { i32, i32x4, type V128, v128 } from './expr.ts'
export { FunctionBuilder, type Local } from './functionBuilder.ts'
