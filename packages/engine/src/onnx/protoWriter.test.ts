import { expect, test } from 'vitest'
import { ProtoWriter } from './protoWriter.ts'

const hex = (writer: ProtoWriter) => Buffer.from(writer.finish()).toString('hex')

// Bytes from the examples of protobuf.dev/programming-guides/encoding, where it has one.
test('a varint', () => expect(hex(new ProtoWriter().varint(1, 150))).toBe('089601'))
test('a negative varint takes ten bytes', () =>
  expect(hex(new ProtoWriter().varint(1, -2))).toBe('08feffffffffffffffff01'))
test('a text', () => expect(hex(new ProtoWriter().text(2, 'testing'))).toBe('120774657374696e67'))
test('a message in a message', () =>
  expect(hex(new ProtoWriter().message(3, new ProtoWriter().varint(1, 150)))).toBe('1a03089601'))
test('packed integers', () => expect(hex(new ProtoWriter().packed(6, [3, 270, 86942]))).toBe('3206038e029ea705'))
test('a float', () => expect(hex(new ProtoWriter().float(2, 1))).toBe('150000803f'))
test('a field number above 15', () => expect(hex(new ProtoWriter().varint(20, 1))).toBe('a00101'))
test('an integer above 2^32', () => expect(hex(new ProtoWriter().varint(1, 2 ** 40))).toBe('08808080808020'))
test('nothing', () => expect(new ProtoWriter().finish()).toEqual(new Uint8Array(0)))
