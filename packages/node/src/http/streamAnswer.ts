import type { RunOptions } from '@stoa/engine/inference'
import {
  chatUsage,
  decodeChatDeltas,
  encodeChatAnswer,
  encodeFrame,
  type Frame,
  packReceipt,
  STREAM_MEDIA_TYPE,
  type Tensor,
} from '@stoa/protocol'
import { RefusedCallError } from '../errors.ts'
import type { AcceptPaymentParameters } from '../payments/acceptPayment.ts'
import type { PaidAnswer, Sale } from '../payments/payments.ts'
import { errorResponse } from './errorResponse.ts'

/** Computes an answer; rejects with a refusal or a bug. */
export type Answer = (sale: Sale, request: readonly Tensor[], options?: RunOptions) => Promise<Tensor[]>

export type StreamAnswerParameters = {
  /** Aborts when the buyer's connection ends. */
  connection: AbortSignal
  /** Takes the payment, has the call answered, and stores the receipt. */
  buy: (answer: AcceptPaymentParameters['answer']) => Promise<PaidAnswer>
  answer: Answer
  /** When nothing of the call is under way any more. */
  done: () => void
  /** Gets what went wrong after the first piece. */
  failed: (error: unknown) => void
}

/**
 * Sends an answer while it is made (specs/backends.md, "Streams"). Rejects with what goes wrong before the first piece. A buyer that hangs up later has its chat stopped and is charged for what was made; any other
 * answer is made to its end.
 */
export async function streamAnswer({
  connection,
  buy,
  answer,
  done,
  failed,
}: StreamAnswerParameters): Promise<Response> {
  const left = new AbortController()
  const leave = () => left.abort(new BuyerLeftError())
  connection.addEventListener('abort', leave, { once: true })
  const started = Promise.withResolvers<void>()
  let isStarted = false
  let write: (frame: Frame) => void = () => undefined
  let close = (): void => undefined
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      write = (frame) => {
        if (!left.signal.aborted) controller.enqueue(encodeFrame(frame))
      }
      close = () => {
        if (!left.signal.aborted) controller.close()
      }
    },
    cancel: leave,
  })
  const onPiece = (payload: Uint8Array) => {
    write({ kind: 'piece', payload })
    isStarted = true
    started.resolve()
  }
  const paid = buy((served, request) => answerInPieces({ answer, served, request, left: left.signal, onPiece }))
  const work = paid.then(
    ({ receipt, response }) => write({ kind: 'end', payload: Buffer.concat([packReceipt(receipt), response]) }),
    (error: unknown) => {
      if (!isStarted) return
      failed(error)
      write({ kind: 'failure', payload: new TextEncoder().encode(JSON.stringify(errorResponse(error).body)) })
    },
  )
  const over = work.then(close).finally(done)
  // What goes wrong before the first piece is an ordinary refusal.
  await Promise.race([started.promise, paid])
  void over
  return new Response(stream, { headers: { 'content-type': STREAM_MEDIA_TYPE, 'cache-control': 'no-store' } })
}

/** Nobody reads this but the log: nothing was charged. */
class BuyerLeftError extends RefusedCallError {
  override name = 'BuyerLeftError'
  constructor() {
    super('BAD_REQUEST', 'The buyer hung up before the answer began.', { hint: 'Nothing was charged.' })
  }
}

type InPieces = {
  answer: Answer
  served: Sale
  request: Tensor[]
  left: AbortSignal
  onPiece: (piece: Uint8Array) => void
}

async function answerInPieces({ answer, served, request, left, onPiece }: InPieces): Promise<Tensor[]> {
  // A cut answer of any other task would be a wrong one.
  if (!request.some(({ name }) => name === 'chat')) return answer(served, request, { onPiece })
  const pieces: Uint8Array[] = []
  const keep = (piece: Uint8Array) => {
    if (left.aborted) return
    pieces.push(piece)
    onPiece(piece)
  }
  try {
    return await answer(served, request, { signal: left, onPiece: keep })
  } catch (error) {
    if (!left.aborted || pieces.length === 0) throw error
    const lines = new Uint8Array(Buffer.concat(pieces))
    const usage = chatUsage(request, decodeChatDeltas(lines), undefined)
    return encodeChatAnswer(lines, { finish: 'cancelled', usage })
  }
}
