import type { ByteWriter } from './byteWriter.ts'

/**
 * Expressions of WebAssembly, as values of TypeScript. Names and opcodes are those of the WebAssembly core specification 2.0 (section
 * 5.4, binary format of instructions). There is no relaxed SIMD here: no kernel can use what differs between machines.
 */
export type WasmType = 'i32' | 'i64' | 'f32' | 'f64' | 'v128'

/** Code that leaves one value of a type on the stack. It may be used more than once, and is then computed more than once. */
export type Expr<T extends WasmType = WasmType> = { readonly type: T; write(out: ByteWriter): void }

/** Where an i32 is wanted, a number stands for a constant. */
export type I32 = Expr<'i32'> | number
export type V128 = Expr<'v128'>

export const expr = <T extends WasmType>(type: T, write: (out: ByteWriter) => void): Expr<T> => ({ type, write })

const constant = (value: number): Expr<'i32'> =>
  expr('i32', (out) => {
    out.byte(0x41)
    out.signed(BigInt(value | 0))
  })
export const toI32 = (value: I32): Expr<'i32'> => (typeof value === 'number' ? constant(value) : value)

/** A plain instruction: operands, then one byte. */
function plain<T extends WasmType>(type: T, opcode: number, ...operands: readonly Expr[]): Expr<T> {
  return expr(type, (out) => {
    for (const operand of operands) operand.write(out)
    out.byte(opcode)
  })
}

/** A prefixed instruction: operands, prefix, number, then immediate bytes. */
function prefixed<T extends WasmType>(
  type: T,
  prefix: number,
  opcode: number,
  operands: readonly Expr[],
  immediate: readonly number[] = [],
): Expr<T> {
  return expr(type, (out) => {
    for (const operand of operands) operand.write(out)
    out.byte(prefix)
    out.unsigned(opcode)
    out.append(immediate)
  })
}

/** A read at `address + offset` (bytes). Alignment is only a hint to the engine, and left at none. */
function read<T extends WasmType>(type: T, opcode: readonly number[], address: I32, offset: number): Expr<T> {
  return expr(type, (out) => {
    toI32(address).write(out)
    out.append(opcode)
    out.byte(0)
    out.unsigned(offset)
  })
}

const binaryI32 = (opcode: number) => (a: I32, b: I32) => plain('i32', opcode, toI32(a), toI32(b))
const loadOf =
  <T extends WasmType>(type: T, ...opcode: readonly number[]) =>
  (address: I32, offset = 0) =>
    read(type, opcode, address, offset)

export const i32 = {
  const: constant,
  ltS: binaryI32(0x48),
  ltU: binaryI32(0x49),
  gtS: binaryI32(0x4a),
  geS: binaryI32(0x4e),
  add: binaryI32(0x6a),
  sub: binaryI32(0x6b),
  mul: binaryI32(0x6c),
  divU: binaryI32(0x6e),
  remU: binaryI32(0x70),
  and: binaryI32(0x71),
  load: loadOf('i32', 0x28),
  load8S: loadOf('i32', 0x2c),
  load8U: loadOf('i32', 0x2d),
  select: (ifTrue: I32, ifFalse: I32, condition: I32) =>
    plain('i32', 0x1b, toI32(ifTrue), toI32(ifFalse), toI32(condition)),
  min: (a: Expr<'i32'>, b: Expr<'i32'>) => i32.select(a, b, i32.ltS(a, b)),
}

const constantI64 = (value: bigint): Expr<'i64'> =>
  expr('i64', (out) => {
    out.byte(0x42)
    out.signed(value)
  })

export const i64 = {
  and: (a: Expr<'i64'>, b: Expr<'i64'>) => plain('i64', 0x83, a, b),
  xor: (a: Expr<'i64'>, b: Expr<'i64'>) => plain('i64', 0x85, a, b),
  rotl: (a: Expr<'i64'>, bits: number) => plain('i64', 0x89, a, constantI64(BigInt(bits))),
  divS: (a: Expr<'i64'>, b: Expr<'i64'>) => plain('i64', 0x7f, a, b),
  load: loadOf('i64', 0x29),
  extendI32S: (a: Expr<'i32'>) => plain('i64', 0xac, a),
  truncSatF64S: (a: Expr<'f64'>) => prefixed('i64', 0xfc, 6, [a]),
}

export const f32 = {
  gt: (a: Expr<'f32'>, b: Expr<'f32'>) => plain('i32', 0x5e, a, b),
  load: loadOf('f32', 0x2a),
}

export const f64 = {
  load: loadOf('f64', 0x2b),
  convertI64S: (a: Expr<'i64'>) => plain('f64', 0xb9, a),
}

const vector = (opcode: number, ...operands: readonly Expr[]) => prefixed('v128', 0xfd, opcode, operands)
const unary = (opcode: number) => (a: V128) => vector(opcode, a)
const binary = (opcode: number) => (a: V128, b: V128) => vector(opcode, a, b)
const shift = (opcode: number) => (a: V128, bits: I32) => vector(opcode, a, toI32(bits))
const extract =
  <T extends WasmType>(type: T, opcode: number) =>
  (a: V128, lane: number) =>
    prefixed(type, 0xfd, opcode, [a], [lane])
const replace =
  <T extends WasmType>(_type: T, opcode: number) =>
  (a: V128, lane: number, value: Expr<T>) =>
    prefixed('v128', 0xfd, opcode, [a, value], [lane])
const vectorLoad =
  (opcode: number) =>
  (address: I32, offset = 0) =>
    read('v128', [0xfd, ...lebBytes(opcode)], address, offset)
/** A vector of 16 bytes, from the lowest on. */
const bytes16 = (byte: (index: number) => number) =>
  prefixed(
    'v128',
    0xfd,
    12,
    [],
    Array.from({ length: 16 }, (_, i) => byte(i)),
  )
const lebBytes = (value: number): readonly number[] => (value < 128 ? [value] : [(value & 127) | 128, value >> 7])

export const v128 = {
  load: vectorLoad(0),
  load32Splat: vectorLoad(9),
  load64Splat: vectorLoad(10),
  /** 8 bytes, each widened to 16 bits. */
  load8x8U: vectorLoad(2),
  load32Zero: vectorLoad(92),
  zero: () => bytes16(() => 0),
  not: unary(77),
  and: binary(78),
  or: binary(80),
  xor: binary(81),
  /** Bits of `a` where those of `mask` are set, else of `b`. */
  bitselect: (a: V128, b: V128, mask: V128) => vector(82, a, b, mask),
  /** Bytes of `a` (0–15) and `b` (16–31), by number. */
  shuffle: (a: V128, b: V128, bytes: readonly number[]) => prefixed('v128', 0xfd, 13, [a, b], bytes),
}

export const i8x16 = { narrowI16x8U: binary(102), narrowI16x8S: binary(101) }

export const i16x8 = {
  /** The numbers 0 to 7. */
  count: () => bytes16((index) => (index % 2 === 0 ? index / 2 : 0)),
  splat: (a: I32) => vector(16, toI32(a)),
  narrowI32x4S: binary(133),
  extendLowI8x16S: unary(135),
  extendLowI8x16U: unary(137),
  ltS: binary(47),
  sub: binary(145),
}

export const i32x4 = {
  splat: (a: I32) => vector(17, toI32(a)),
  extractLane: extract('i32', 27),
  replaceLane: replace('i32', 28),
  eq: binary(55),
  ne: binary(56),
  ltS: binary(57),
  extendLowI16x8S: unary(167),
  extendLowI16x8U: unary(169),
  shl: shift(171),
  shrU: shift(173),
  add: binary(174),
  sub: binary(177),
  mul: binary(181),
  minS: binary(182),
  minU: binary(183),
  maxS: binary(184),
  dotI16x8S: binary(186),
  truncSatF32x4S: unary(248),
  truncSatF64x2SZero: unary(252),
}

export const i64x2 = {
  splat: (a: Expr<'i64'>) => vector(18, a),
  extractLane: extract('i64', 29),
  replaceLane: replace('i64', 30),
  extendLowI32x4S: unary(199),
  extendHighI32x4S: unary(200),
  add: binary(206),
  sub: binary(209),
  mul: binary(213),
  eq: binary(214),
  ltS: binary(216),
  gtS: binary(217),
}

export const f32x4 = {
  replaceLane: replace('f32', 32),
  eq: binary(65),
  lt: binary(67),
  floor: unary(104),
  nearest: unary(106),
  add: binary(228),
  sub: binary(229),
  mul: binary(230),
  /** b < a ? b : a; differs from `min` only in the sign of zero and for NaN, which do not matter in an exact graph. */
  pmin: binary(234),
  pmax: binary(235),
  convertI32x4S: unary(250),
  demoteF64x2Zero: unary(94),
}

export const f64x2 = {
  splat: (a: Expr<'f64'>) => vector(20, a),
  extractLane: extract('f64', 33),
  replaceLane: replace('f64', 34),
  eq: binary(71),
  lt: binary(73),
  floor: unary(117),
  nearest: unary(148),
  sqrt: unary(239),
  add: binary(240),
  sub: binary(241),
  mul: binary(242),
  div: binary(243),
  pmin: binary(246),
  pmax: binary(247),
  convertLowI32x4S: unary(254),
  promoteLowF32x4: unary(95),
}
