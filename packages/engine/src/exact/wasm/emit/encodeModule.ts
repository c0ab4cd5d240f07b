import { ByteWriter } from './byteWriter.ts'
import { toI32 } from './expr.ts'
import type { FunctionBuilder } from './functionBuilder.ts'

/** The most pages of 64 KiB that a memory of 32-bit addresses can have. */
export const MAX_PAGES = 65_536

export type ExportedFunction = { readonly name: string; readonly body: FunctionBuilder }
/** Bytes that stand in memory, from address `at` on, when the module has been instantiated. */
export type InitialData = { readonly at: number; readonly bytes: Uint8Array }

/**
 * Bytes of a WebAssembly module whose functions take i32 parameters, return nothing, and work on the memory imported as `stoa.memory`.
 * Sections as in section 5.5 of the core specification 2.0; a shared memory as in the threads proposal.
 */
export function encodeModule(
  functions: readonly ExportedFunction[],
  shared: boolean,
  data: readonly InitialData[] = [],
): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter()
  out.append([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00])
  const arities = [...new Set(functions.map(({ body }) => body.parameters.length))]
  section(out, 1, (content) => {
    content.unsigned(arities.length)
    for (const arity of arities) {
      content.byte(0x60)
      content.sized(new Uint8Array(arity).fill(0x7f))
      content.unsigned(0)
    }
  })
  section(out, 2, (content) => {
    content.unsigned(1)
    content.text('stoa')
    content.text('memory')
    content.append([0x02, shared ? 0x03 : 0x01])
    content.unsigned(1)
    content.unsigned(MAX_PAGES)
  })
  section(out, 3, (content) => {
    content.unsigned(functions.length)
    for (const { body } of functions) content.unsigned(arities.indexOf(body.parameters.length))
  })
  section(out, 7, (content) => {
    content.unsigned(functions.length)
    for (const [index, { name }] of functions.entries()) {
      content.text(name)
      content.byte(0)
      content.unsigned(index)
    }
  })
  section(out, 10, (content) => {
    content.unsigned(functions.length)
    for (const { body } of functions) content.sized(body.finish())
  })
  if (data.length > 0) section(out, 11, (content) => writeData(content, data))
  return out.finish()
}

function writeData(content: ByteWriter, data: readonly InitialData[]): void {
  content.unsigned(data.length)
  for (const { at, bytes } of data) {
    content.unsigned(0)
    toI32(at).write(content)
    content.byte(0x0b)
    content.sized(bytes)
  }
}

function section(out: ByteWriter, id: number, write: (content: ByteWriter) => void): void {
  const content = new ByteWriter()
  write(content)
  out.byte(id)
  out.sized(content.finish())
}
