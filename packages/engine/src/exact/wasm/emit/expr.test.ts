import { expect, test } from 'vitest'
import { ByteWriter } from './byteWriter.ts'
import * as instructions from './expr.ts'

const { f32x4, f64x2, i8x16, i16x8, i32x4, i64x2, v128, toI32 } = instructions

test('no instruction is a relaxed one', () => {
  // Vector instructions have the prefix 0xfd and a number; those of relaxed SIMD begin at 0x100.
  const nothing = instructions.expr('v128', () => {})
  const numbers = [v128, i8x16, i16x8, i32x4, i64x2, f32x4, f64x2].flatMap((group) =>
    Object.entries(group).map(([name, instruction]) => {
      const out = new ByteWriter()
      const make = instruction as (...operands: readonly unknown[]) => instructions.Expr
      const operands = name === 'extractLane' ? [nothing, 0] : name === 'replaceLane' ? [nothing, 0, nothing] : []
      const loads = name.startsWith('load') ? [nothing, 0] : [nothing, nothing, name === 'shuffle' ? [] : nothing]
      const { write } = make(...(operands.length > 0 ? operands : loads))
      write(out)
      const [prefix, low = 0, high = 0] = out.finish()
      expect([name, prefix]).toEqual([name, 0xfd])
      return low < 128 ? low : (low & 127) | (high << 7)
    }),
  )
  expect(numbers.length).toBeGreaterThan(60)
  expect(Math.max(...numbers)).toBeLessThan(0x100)
})

test('a number stands for a constant', () => {
  const out = new ByteWriter()
  toI32(-1).write(out)
  expect([...out.finish()]).toEqual([0x41, 0x7f])
})
