export { encodeModule, type InitialData } from './encodeModule.ts'
export { type Expr, i32, i32x4, i64, type V128, v128 } from './expr.ts'
export { FunctionBuilder, type Local } from './functionBuilder.ts'
