import { ByteWriter } from './byteWriter.ts'
import { type Expr, expr, type I32, i32, toI32, type V128, type WasmType } from './expr.ts'

const TYPE_CODE: Record<WasmType, number> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b }

/** A variable of a function. As an expression it is its value at that point. */
export type Local<T extends WasmType = WasmType> = Expr<T> & { readonly index: number }

/** Writes one function's body, statement by statement. */
export class FunctionBuilder {
  readonly parameters: readonly Local<'i32'>[]
  readonly #locals: WasmType[] = []
  readonly #code = new ByteWriter()

  constructor(parameterCount: number) {
    this.parameters = Array.from({ length: parameterCount }, (_, index) => localAt('i32', index))
  }

  local<T extends WasmType>(type: T): Local<T> {
    this.#locals.push(type)
    return localAt(type, this.parameters.length + this.#locals.length - 1)
  }

  set<T extends WasmType>(local: Local<T>, value: Expr<T>): void {
    value.write(this.#code)
    this.#code.byte(0x21)
    this.#code.unsigned(local.index)
  }

  /** A new variable with a value. */
  let<T extends WasmType>(value: Expr<T>): Local<T> {
    const local = this.local(value.type)
    this.set(local, value)
    return local
  }

  add(local: Local<'i32'>, value: I32): void {
    this.set(local, i32.add(local, value))
  }

  if(condition: I32, then: () => void, otherwise?: () => void): void {
    toI32(condition).write(this.#code)
    this.#code.append([0x04, 0x40])
    then()
    if (otherwise) {
      this.#code.byte(0x05)
      otherwise()
    }
    this.#code.byte(0x0b)
  }

  /** Repeats `body` as long as `condition` holds, which is tested before each turn. */
  while(condition: Expr<'i32'>, body: () => void): void {
    this.if(condition, () => {
      this.#code.append([0x03, 0x40])
      body()
      condition.write(this.#code)
      this.#code.append([0x0d, 0x00, 0x0b])
    })
  }

  /** Counts `index` from `from` by `step` while it is below `to`; signed. */
  for(index: Local<'i32'>, from: I32, to: Expr<'i32'> | number, step: number, body: () => void): void {
    this.set(index, toI32(from))
    this.while(i32.ltS(index, to), () => {
      body()
      this.add(index, step)
    })
  }

  storeV128(address: I32, value: V128, offset = 0): void {
    this.#store([0xfd, 11], address, value, offset)
  }

  store32Lane(address: I32, value: V128, lane: number, offset = 0): void {
    toI32(address).write(this.#code)
    value.write(this.#code)
    this.#code.append([0xfd, 90, 0])
    this.#code.unsigned(offset)
    this.#code.byte(lane)
  }

  storeI32(address: I32, value: I32, offset = 0): void {
    this.#store([0x36], address, toI32(value), offset)
  }

  store8(address: I32, value: I32, offset = 0): void {
    this.#store([0x3a], address, toI32(value), offset)
  }

  store16(address: I32, value: I32, offset = 0): void {
    this.#store([0x3b], address, toI32(value), offset)
  }

  storeI64(address: I32, value: Expr<'i64'>, offset = 0): void {
    this.#store([0x37], address, value, offset)
  }

  copyMemory(to: I32, from: I32, bytes: I32): void {
    for (const operand of [to, from, bytes]) toI32(operand).write(this.#code)
    this.#code.append([0xfc, 10, 0, 0])
  }

  #store(opcode: readonly number[], address: I32, value: Expr, offset: number): void {
    toI32(address).write(this.#code)
    value.write(this.#code)
    this.#code.append(opcode)
    this.#code.byte(0)
    this.#code.unsigned(offset)
  }

  /** The function as the code section holds it: locals, then instructions. */
  finish(): Uint8Array {
    const out = new ByteWriter()
    out.unsigned(this.#locals.length)
    for (const type of this.#locals) out.append([1, TYPE_CODE[type]])
    this.#code.byte(0x0b)
    out.append(this.#code.finish())
    return out.finish()
  }
}

function localAt<T extends WasmType>(type: T, index: number): Local<T> {
  const { write } = expr(type, (out) => {
    out.byte(0x20)
    out.unsigned(index)
  })
  return { type, index, write }
}
