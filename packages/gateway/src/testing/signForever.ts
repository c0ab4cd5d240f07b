import { writeSync } from 'node:fs'
import { openBook } from './laneBook.ts'

// Signs call after call and prints what it would send, until it is killed. Some are answered, some refused, some left open.
const { book } = (await openBook(process.argv[2] ?? ''))()
const digest = `0x${'11'.repeat(32)}` as const
for (let i = 0; ; i++) {
  const call = book.open({
    offerId: digest,
    ceiling: 5n,
    requestDigest: digest,
    units: { least: 1n, most: 1n },
    validUntil: 2_000_000_000,
  })
  writeSync(1, `${call.offerId} ${call.lane} ${call.voucher.maxCumulative}\n`)
  if (i % 3 === 0) book.answered(call, { digest, chargedCumulative: call.charged + 5n }, () => {})
  if (i % 3 === 1) book.refused(call)
  // The loop must let the pipe drain, or the parent reads only what the buffer holds.
  await new Promise((resolve) => setImmediate(resolve))
}
