import { encodeModule, FunctionBuilder, i32, i32x4, type Local, type V128, v128 } from '@stoa/engine/emit'

type Vector = Local<'v128'>
type Four<T> = readonly [T, T, T, T]
/** The variables a to h of the standard. */
type State = readonly [Vector, Vector, Vector, Vector, Vector, Vector, Vector, Vector]

/**
 * Where the module has what in its memory, in bytes: round constants and initial hash value, which it brings; the message schedule of one
 * block, four lanes a word; and the messages, behind a byte that may be read.
 */
const AT = { constants: 0, initial: 256, schedule: 320, messages: 1408 } as const

/** Address of the messages, which are replaced by their hashes. */
export const MESSAGES_AT = AT.messages

/**
 * WebAssembly that hashes many short messages: SHA-256 (FIPS 180-4) of four at once, one in each 32-bit lane of a vector. It exports
 * `hash(count, blocks, tag)`: `count` messages of 64 × `blocks` bytes each lie one after another at `MESSAGES_AT`; each is hashed with the
 * byte `tag` before it, and the hashes, 32 bytes each, replace them from `MESSAGES_AT` on. Where `count` is no multiple of four, what
 * follows is hashed too, whatever it is.
 */
export function sha256Module(): Uint8Array<ArrayBuffer> {
  const words = Uint32Array.of(...rootBits(3, 64), ...rootBits(2, 8))
  return encodeModule([{ name: 'hash', body: hashMessages() }], false, [
    { at: AT.constants, bytes: new Uint8Array(words.buffer) },
  ])
}

/** First 32 bits of the fractional parts of roots of the first primes (FIPS 180-4, 4.2.2 and 5.3.3). */
function rootBits(degree: 2 | 3, count: number): number[] {
  const primes: number[] = []
  for (let n = 2; primes.length < count; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n)
  return primes.map((prime) => {
    const scaled = BigInt(prime) << BigInt(32 * degree)
    let root = 0n
    for (let bit = 1n << 36n; bit > 0n; bit >>= 1n) if ((root | bit) ** BigInt(degree) <= scaled) root |= bit
    return Number(root & 0xffff_ffffn)
  })
}

function hashMessages(): FunctionBuilder {
  const body = new FunctionBuilder(3)
  const [count = body.local('i32'), blocks = body.local('i32'), tag = body.local('i32')] = body.parameters
  const size = body.let(i32.mul(blocks, 64))
  const [from, to] = [body.let(i32.const(AT.messages)), body.let(i32.const(AT.messages))]
  const end = body.let(i32.add(from, i32.mul(count, size)))
  const [block, at] = [body.local('i32'), body.local('i32')]
  const state: State = [...vectors(body), ...vectors(body)]
  body.while(i32.ltU(from, end), () => {
    for (const [i, word] of state.entries()) body.set(word, v128.load32Splat(0, AT.initial + 4 * i))
    body.set(at, from)
    body.for(block, 0, i32.add(blocks, 1), 1, () => {
      body.if(
        i32.ltS(block, blocks),
        () => loadBlock(body, at, size),
        () => loadLastBlock(body, at, size),
      )
      // The first byte of a message is its tag, whatever precedes it in memory.
      body.if(i32.ltS(block, 1), () => {
        const rest = v128.and(v128.load(0, AT.schedule), i32x4.splat(0x00ff_ffff))
        body.storeV128(0, v128.or(rest, i32x4.splat(i32.mul(tag, 1 << 24))), AT.schedule)
      })
      extendSchedule(body)
      compress(body, state)
      body.add(at, 64)
    })
    storeHashes(body, state, to)
    body.add(from, i32.mul(size, 4))
    body.add(to, 4 * 32)
  })
  return body
}

/** Words 0 to 15 of the schedule: 64 bytes of each message, from the byte before `at` on, as the tag stands before the message. */
function loadBlock(body: FunctionBuilder, at: Local<'i32'>, size: Local<'i32'>): void {
  const [offset, address] = [body.local('i32'), body.local('i32')]
  const rows = vectors(body)
  body.for(offset, 0, 64, 16, () => {
    body.set(address, i32.add(at, offset))
    for (const row of rows) {
      body.set(row, v128.load(i32.sub(address, 1)))
      body.add(address, size)
    }
    body.set(address, i32.mul(offset, 4))
    for (const [i, word] of transposed(body, rows).entries()) body.storeV128(address, word, AT.schedule + 16 * i)
  })
}

/** The same where the messages end: the last byte of each, the bit that marks the end, zeros, and the length in bits. */
function loadLastBlock(body: FunctionBuilder, at: Local<'i32'>, size: Local<'i32'>): void {
  const [address, offset] = [body.let(at), body.local('i32')]
  const word = body.let(v128.zero())
  for (let lane = 0; lane < 4; lane++) {
    body.set(word, i32x4.replaceLane(word, lane, i32.load8U(i32.sub(address, 1))))
    body.add(address, size)
  }
  body.storeV128(0, v128.or(i32x4.shl(word, 24), i32x4.splat(1 << 23)), AT.schedule)
  body.for(offset, 16, 15 * 16, 16, () => body.storeV128(offset, v128.zero(), AT.schedule))
  body.storeV128(0, i32x4.splat(i32.mul(i32.add(size, 1), 8)), AT.schedule + 15 * 16)
}

/**
 * Words 16 to 63 of the schedule (FIPS 180-4, 6.2.2, step 1). Each takes the last but one, which stays in a variable: from memory it would
 * come too late.
 */
function extendSchedule(body: FunctionBuilder): void {
  const offset = body.local('i32')
  const word = (t: number) => v128.load(offset, AT.schedule + 16 * t)
  const w1 = body.local('v128')
  const lastTwo = [14, 15].map((t) => body.let(v128.load(0, AT.schedule + 16 * t)))
  body.for(offset, 0, 48 * 16, 2 * 16, () => {
    for (const [t, last] of lastTwo.entries()) {
      body.set(w1, word(t + 1))
      const sigma0 = xor(rotated(w1, 7), rotated(w1, 18), i32x4.shrU(w1, 3))
      const sigma1 = xor(rotated(last, 17), rotated(last, 19), i32x4.shrU(last, 10))
      body.set(last, sum(word(t), sigma0, word(t + 9), sigma1))
      body.storeV128(offset, last, AT.schedule + 16 * (t + 16))
    }
  })
}

/** The 64 rounds, and what they made added to the state (steps 2 to 4). After eight rounds each variable has its letter again. */
function compress(body: FunctionBuilder, state: State): void {
  const before = state.map((word) => ({ word, old: body.let(word) }))
  const [t1, xorAB, xorBC] = [body.local('v128'), body.local('v128'), body.let(v128.xor(state[1], state[2]))]
  const [offset, constant] = [body.local('i32'), body.let(i32.const(AT.constants))]
  let letters = state
  body.for(offset, 0, 64 * 16, 8 * 16, () => {
    for (let t = 0; t < 8; t++) {
      const [a, b, c, d, e, f, g, h] = letters
      const word = v128.load(offset, AT.schedule + 16 * t)
      const choice = xor(v128.and(e, v128.xor(f, g)), g)
      const Sigma1 = xor(rotated(e, 6), rotated(e, 11), rotated(e, 25))
      body.set(t1, sum(h, word, v128.load32Splat(constant, 4 * t), choice, Sigma1))
      body.set(d, i32x4.add(d, t1))
      // The majority of a, b and c takes a ⊕ b and b ⊕ c; the former is the latter of the next round.
      body.set(xorAB, v128.xor(a, b))
      const majority = xor(v128.and(xorAB, xorBC), b)
      const Sigma0 = xor(rotated(a, 2), rotated(a, 13), rotated(a, 22))
      body.set(h, sum(t1, majority, Sigma0))
      body.set(xorBC, xorAB)
      letters = [h, a, b, c, d, e, f, g]
    }
    body.add(constant, 8 * 4)
  })
  for (const { word, old } of before) body.set(word, i32x4.add(word, old))
}

/** Writes the state, eight words of each of four messages, as their hashes. */
function storeHashes(body: FunctionBuilder, [a, b, c, d, e, f, g, h]: State, to: Local<'i32'>): void {
  for (const [lane, row] of transposed(body, [a, b, c, d]).entries()) body.storeV128(to, row, 32 * lane)
  for (const [lane, row] of transposed(body, [e, f, g, h]).entries()) body.storeV128(to, row, 32 * lane + 16)
}

/** Exchanges rows and columns of four vectors of four words, and turns the bytes of each word: messages and hashes are big-endian. */
function transposed(body: FunctionBuilder, [r0, r1, r2, r3]: Four<Vector>): V128[] {
  const [low01, low23] = [body.let(chosen(r0, r1, [0, 4, 1, 5])), body.let(chosen(r2, r3, [0, 4, 1, 5]))]
  const [high01, high23] = [body.let(chosen(r0, r1, [2, 6, 3, 7])), body.let(chosen(r2, r3, [2, 6, 3, 7]))]
  return [
    chosen(low01, low23, [0, 1, 4, 5]),
    chosen(low01, low23, [2, 3, 6, 7]),
    chosen(high01, high23, [0, 1, 4, 5]),
    chosen(high01, high23, [2, 3, 6, 7]),
  ].map((words) => v128.shuffle(words, words, [3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12]))
}

/** Four words of `a` (0–3) and `b` (4–7), by number. */
function chosen(a: V128, b: V128, words: readonly number[]): V128 {
  const bytes = words.flatMap((word) => [0, 1, 2, 3].map((byte) => 4 * word + byte))
  return v128.shuffle(a, b, bytes)
}

const vectors = (body: FunctionBuilder): Four<Vector> => [
  body.local('v128'),
  body.local('v128'),
  body.local('v128'),
  body.local('v128'),
]
const rotated = (a: V128, bits: number): V128 => v128.or(i32x4.shrU(a, bits), i32x4.shl(a, 32 - bits))
const xor = (first: V128, ...others: readonly V128[]): V128 => others.reduce((all, one) => v128.xor(all, one), first)
const sum = (first: V128, ...others: readonly V128[]): V128 => others.reduce((all, one) => i32x4.add(all, one), first)
