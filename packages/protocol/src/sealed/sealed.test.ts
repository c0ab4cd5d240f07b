import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bytesToHex, type Hex } from '../hex.ts'
import { openSeal, sealRequest } from './sealed.ts'

function keyPair(): { to: Hex; key: Uint8Array } {
  const { publicKey, privateKey } = generateKeyPairSync('x25519')
  const tail = (der: Buffer) => new Uint8Array(der.subarray(-32))
  return {
    to: bytesToHex(tail(publicKey.export({ format: 'der', type: 'spki' }))),
    key: tail(privateKey.export({ format: 'der', type: 'pkcs8' })),
  }
}
const context = { method: 'POST', path: '/v1/infer', voucher: 'AbC-_1' }
const bytes = fc.uint8Array({ maxLength: 3_000 })

describe('a sealed call', () => {
  test('opens for the holder of the key, there and back, and is another each time', async () => {
    const { to, key } = keyPair()
    await fc.assert(
      fc.asyncProperty(bytes, bytes, async (request, response) => {
        const sent = await sealRequest(to, context, request)
        const again = await sealRequest(to, context, request)
        expect(sent.body).not.toEqual(again.body)
        const seal = await openSeal(key, sent.header, context)
        expect(await seal.openRequest(sent.body ?? new Uint8Array())).toEqual(request)
        const answer = { receiptHeader: 'AQID', body: response }
        expect(await sent.openAnswer(await seal.sealAnswer(answer))).toEqual(answer)
      }),
      { numRuns: 20 },
    )
  })

  test('opens for nobody else, nor with another voucher, path or method, nor if a bit differs', async () => {
    const { to, key } = keyPair()
    const sent = await sealRequest(to, context, Uint8Array.of(1, 2, 3))
    const body = sent.body ?? new Uint8Array()
    const opens = async (with_: Uint8Array, about = context, what = body, header = sent.header) =>
      (await openSeal(with_, header, about)).openRequest(what)
    expect(await opens(key)).toEqual(Uint8Array.of(1, 2, 3))
    const broken = { code: 'SEAL_BROKEN' }
    await expect(opens(keyPair().key)).rejects.toMatchObject(broken)
    for (const change of [{ voucher: 'AbC-_2' }, { path: '/v1/answers' }, { method: 'GET' }])
      await expect(opens(key, { ...context, ...change })).rejects.toMatchObject(broken)
    for (let at = 0; at < body.length; at++) {
      const altered = body.slice()
      altered[at] = (altered[at] ?? 0) ^ 1
      await expect(opens(key, context, altered)).rejects.toMatchObject(broken)
    }
    for (const header of ['', 'AA', '%', 'A'.repeat(43)])
      await expect(opens(key, context, body, header)).rejects.toMatchObject(broken)
  })

  test('takes no answer but that of the holder of the key', async () => {
    const [{ to, key }, other] = [keyPair(), keyPair()]
    const sent = await sealRequest(to, context)
    const answer = { receiptHeader: 'AQ', body: Uint8Array.of(9) }
    const own = await (await openSeal(key, sent.header, context)).sealAnswer(answer)
    expect(await sent.openAnswer(own)).toEqual(answer)
    const forged = await (await openSeal(other.key, sent.header, context)).sealAnswer(answer)
    for (const wrong of [forged, own.subarray(1), new Uint8Array(), new Uint8Array(28)])
      await expect(sent.openAnswer(wrong)).rejects.toMatchObject({ code: 'SEAL_BROKEN' })
  })
})
