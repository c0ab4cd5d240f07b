import { z } from 'zod'
import type { Outcome } from './outcome.ts'

const refusal = z.object({
  error: z.object({
    code: z.string().regex(/^[A-Z_]{1,40}$/),
    message: z.string().max(2000),
    hint: z.string().max(2000).optional(),
    retry: z.boolean().optional(),
  }),
})

/** The node's typed error that the bytes are (specs/node-http.md), if they are one. */
export function readRefusal(bytes: Uint8Array): (Outcome & { kind: 'refused' }) | undefined {
  const parsed = refusal.safeParse(jsonOf(bytes))
  if (!parsed.success) return undefined
  const { code, message, hint, retry = false } = parsed.data.error
  return { kind: 'refused', code, message: hint ? `${message} ${hint}` : message, retry }
}

export function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'))
  } catch {
    return undefined
  }
}
