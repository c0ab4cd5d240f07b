import { type Expr, encodeModule, FunctionBuilder, i32, i64, type Local } from '@stoa/engine/emit'

type Lane = Local<'i64'>

/** Where the module has what in its memory, in bytes: the constants of the rounds, which it brings, and the message. */
const AT = { constants: 0, message: 192 } as const
const ROUNDS = 24
/** Lanes of 64 bits that a block of Keccak-256 changes: the rate is 1,088 bits. */
const RATE_LANES = 17

/** Address of the message, whose first 32 bytes are replaced by its hash. */
export const MESSAGE_AT = AT.message
/** Bytes of a block. */
export const BLOCK_BYTES = 8 * RATE_LANES

/**
 * WebAssembly for Keccak-256 as Ethereum uses it (The Keccak reference 3.0; the padding before FIPS 202). It exports `hash(blocks)`: a message that is padded already
 * lies at `MESSAGE_AT`, so many blocks of 136 bytes, and its hash replaces what it begins with. WebAssembly has the 64-bit lanes that JavaScript has not.
 */
export function keccakModule(): Uint8Array<ArrayBuffer> {
  const constants = BigUint64Array.from(roundConstants())
  return encodeModule([{ name: 'hash', body: hashMessage() }], false, [
    { at: AT.constants, bytes: new Uint8Array(constants.buffer) },
  ])
}

function hashMessage(): FunctionBuilder {
  const body = new FunctionBuilder(1)
  const [blocks = body.local('i32')] = body.parameters
  const at = body.let(i32.const(AT.message))
  const end = body.let(i32.add(at, i32.mul(blocks, BLOCK_BYTES)))
  const round = body.local('i32')
  const scratch = { rotated: lanes(body, 25), columns: lanes(body, 5), change: body.local('i64') }
  // A function's variables begin as zeros, and so does the state.
  const state = lanes(body, 25)
  body.while(i32.ltU(at, end), () => {
    for (const [i, lane] of state.slice(0, RATE_LANES).entries()) body.set(lane, i64.xor(lane, i64.load(at, 8 * i)))
    body.for(round, AT.constants, AT.constants + 8 * ROUNDS, 8, () => permute(body, state, scratch, round))
    body.add(at, BLOCK_BYTES)
  })
  for (const [i, lane] of state.slice(0, 4).entries()) body.storeI64(AT.message, lane, 8 * i)
  return body
}

type Scratch = { rotated: Lane[]; columns: Lane[]; change: Lane }

/** One round of Keccak-f[1600] (The Keccak reference 3.0, 1.2); `round`: address of its constant. Lane (x, y) is number x + 5y. */
function permute(
  body: FunctionBuilder,
  state: readonly Lane[],
  { rotated, columns, change }: Scratch,
  round: Local<'i32'>,
): void {
  // θ, and ρ and π, which put lane (x, y) at (y, 2x + 3y).
  for (let x = 0; x < 5; x++) body.set(of(columns, x), xor([0, 1, 2, 3, 4].map((y) => of(state, x + 5 * y))))
  for (let x = 0; x < 5; x++) {
    body.set(change, i64.xor(of(columns, (x + 4) % 5), i64.rotl(of(columns, (x + 1) % 5), 1)))
    for (let y = 0; y < 5; y++) {
      const moved = of(rotated, y + 5 * ((2 * x + 3 * y) % 5))
      body.set(moved, i64.rotl(i64.xor(of(state, x + 5 * y), change), rotationOf(x, y)))
    }
  }
  // χ, where (¬b ∧ c) is (b ∧ c) ⊕ c.
  for (let y = 0; y < 5; y++) {
    for (let x = 0; x < 5; x++) {
      const [a, b, c] = [0, 1, 2].map((i) => of(rotated, ((x + i) % 5) + 5 * y)) as [Lane, Lane, Lane]
      body.set(of(state, x + 5 * y), xor([a, c, i64.and(b, c)]))
    }
  }
  // ι
  const first = of(state, 0)
  body.set(first, i64.xor(first, i64.load(round)))
}

/** Bits by which ρ rotates lane (x, y): (t + 1)(t + 2) / 2 for the t-th lane of a walk from (1, 0) to (y, 2x + 3y), and so on. */
function rotationOf(x: number, y: number): number {
  let [atX, atY] = [1, 0]
  for (let t = 0; t < 24; t++) {
    if (atX === x && atY === y) return (((t + 1) * (t + 2)) / 2) % 64
    ;[atX, atY] = [atY, (2 * atX + 3 * atY) % 5]
  }
  return 0
}

/** Constants of ι: bit 2^j − 1 of the i-th is output j + 7i of the register x^8 + x^6 + x^5 + x^4 + 1. */
function roundConstants(): bigint[] {
  let register = 1
  return Array.from({ length: ROUNDS }, () => {
    let constant = 0n
    for (let j = 0; j < 7; j++) {
      if (register & 1) constant |= 1n << BigInt(2 ** j - 1)
      register = (register << 1) ^ (register & 0x80 ? 0x171 : 0)
    }
    return constant
  })
}

function of(list: readonly Lane[], index: number): Lane {
  const lane = list[index]
  if (!lane) throw new RangeError(`There is no lane ${index}.`)
  return lane
}

const lanes = (body: FunctionBuilder, count: number): Lane[] => Array.from({ length: count }, () => body.local('i64'))
const xor = (values: readonly Expr<'i64'>[]): Expr<'i64'> => values.reduce((all, one) => i64.xor(all, one))
