import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { smallNet, smallNetInputs } from '@stoa/engine/dispute/testing'
import { type Fate, openRpcProxy, type RpcProxy } from '@stoa/localnet/rpcProxy'
import { bytesToHex, type Hex, tensorOf, tensorToJson } from '@stoa/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readLedger } from '../chaos/ledger.ts'
import { type Ground, openGround } from '../ground/openGround.ts'
import { canMakeHosts, type HostProcess, openTwoHosts } from './twoHosts.ts'

const PRICE = 100n
const can = canMakeHosts()
if (!can) console.warn('SKIPPED: two hosts need root and network namespaces (ip netns), which there are not here.')

describe.skipIf(!can)(
  'a provider on another machine, with a certificate that nobody signed, and calls sealed to its key on the ledger',
  () => {
    let ground: Ground
    let hosts: Awaited<ReturnType<typeof openTwoHosts>>
    let chainForSeller: RpcProxy
    let chainForBuyer: RpcProxy
    let seller: HostProcess
    let buyer: HostProcess
    let offers: readonly Hex[]
    let payer: Hex

    beforeAll(async () => {
      ground = await openGround()
      hosts = await openTwoHosts()
      const net = smallNet()
      const modelId = await ground.publish({ name: 'small/graph', task: 'graph' }, { 'model.onnx': net.bytes })
      const enrolled = await ground.enrol([{ modelId, unit: 'call', price: PRICE * 1_000_000n }])
      offers = enrolled.offers
      ;[chainForSeller, chainForBuyer] = [await openRpcProxy(ground.rpcUrl), await openRpcProxy(ground.rpcUrl)]

      const folder = ground.folder()
      const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
      const subject = ['-subj', '/CN=seller', '-days', '2', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256']
      execFileSync('openssl', ['req', '-x509', '-nodes', '-keyout', keyFile, '-out', certFile, ...subject], {
        stdio: 'ignore',
      })
      seller = await hosts.seller.start({
        ...{ kind: 'node', ...enrolled.parameters },
        rpcUrl: await hosts.seller.reach(chainForSeller.url),
        listen: { host: hosts.seller.address, port: 0, tls: { certFile, keyFile } },
        limits: { refreshSeconds: 1, staleSeconds: 2 },
      })
      await enrolled.announce(seller.url)

      const account = await ground.payer(10n ** 6n)
      payer = account.payer
      const inputs = smallNetInputs(1, 8)
      const request = net.model.inputs.map(({ name }) => {
        const value = inputs.get(name)
        if (value?.type !== 'u8') throw new TypeError('the small net takes bytes')
        return tensorToJson(tensorOf(name, 'u8', value.dims, value.data))
      })
      const base = {
        kind: 'gateway',
        payer,
        sessionKey: bytesToHex(account.sessionKey),
        deployment: ground.deployment,
        request,
      }
      const rpcUrl = await hosts.buyer.reach(chainForBuyer.url)
      const timeouts = {
        connect: 700,
        answer: 2_000,
        recover: 1_000,
        settleDoubt: 0,
        refresh: 3_600_000,
        coolDown: 1,
        maxCoolDown: 1,
      }
      // In the clear nothing is bought there: nobody whom this machine trusts has signed the certificate.
      const plain = await hosts.buyer.start({ ...base, rpcUrl, timeouts, folder: ground.folder() })
      expect(await plain.ask('buy')).toMatch(/NO_PROVIDER|NO_VALID_ANSWER/)
      await plain.kill()
      buyer = await hosts.buyer.start({ ...base, rpcUrl, timeouts, folder: ground.folder(), seal: true })
    })
    afterAll(async () => {
      await hosts?.close()
      chainForSeller?.close()
      chainForBuyer?.close()
      await ground?.close()
    })

    const BOUGHT = `bought for ${PRICE}`
    /** Has every call in doubt resolved, as the gateway does by itself in time. */
    const resolved = async () => {
      await expect
        .poll(
          async () => {
            await buyer.ask('refresh')
            return buyer.ask('open')
          },
          { interval: 300 },
        )
        .toBe(0)
    }

    test('sells over the line', async () => {
      expect(seller.url).toMatch(/^https:/)
      expect(await buyer.ask('buy')).toBe(BOUGHT)
      expect(await buyer.ask('buy')).toBe(BOUGHT)
    })

    test('cut before the call: nothing leaves, nothing is owed', async () => {
      const before = await seller.ask('owed')
      hosts.line('down')
      expect(await buyer.ask('buy')).not.toBe(BOUGHT)
      hosts.line('up')
      await resolved()
      expect(await seller.ask('owed')).toBe(before)
      expect(await buyer.ask('buy')).toBe(BOUGHT)
    })

    test('cut while the seller works, and while the buyer asks again: charged once, and the answer comes in the end', async () => {
      const before = BigInt(String(await seller.ask('owed')))
      /** A call that the seller holds, since what it knows of the payer is too old: until it has looked at the chain. Calls that it answers at once are counted. */
      const callHeld = async () => {
        for (let answered = 0n; ; answered++) {
          await sleep(2_500)
          let letGo = () => {}
          const held = new Promise<void>((resolve) => {
            letGo = resolve
          })
          const looks = new Promise<'looks'>((resolve) => {
            chainForSeller.decide(async (_method, parameters): Promise<Fate> => {
              if (!parameters.includes(payer.slice(2).toLowerCase())) return 'pass'
              resolve('looks')
              await held
              return 'pass'
            })
          })
          const call = buyer.ask('buy')
          // It also looks while it answers from what it knows: then the answer is soon there.
          const first = await Promise.race([looks.then(() => sleep(1_500, 'looks')), call])
          if (first === 'looks') return { call, answered, letGo }
          letGo()
          expect(first).toBe(BOUGHT)
        }
      }
      const { call, answered, letGo } = await callHeld()
      hosts.line('down')
      letGo()
      expect(await call).not.toBe(BOUGHT)
      chainForSeller.decide(() => 'pass')
      await buyer.ask('refresh')
      hosts.line('up')
      await resolved()
      const charged = BigInt(String(await seller.ask('owed'))) - before
      expect(charged).toBe(PRICE * (answered + 1n))
      expect(await buyer.ask('buy')).toBe(BOUGHT)
    })

    test('cut at random moments of many calls: the books of both agree', async () => {
      for (let i = 0; i < 12; i++) {
        const call = buyer.ask('buy')
        await sleep((i * 7) % 40)
        hosts.line('down')
        await sleep(50 + ((i * 37) % 150))
        hosts.line('up')
        await call
      }
      await resolved()
      const receipts = (await buyer.ask('receipts')) as string[]
      const charged = receipts.reduce((sum, each) => sum + BigInt(each), 0n)
      expect(BigInt(String(await seller.ask('owed')))).toBe(charged)
    })

    test('cut off from the chain while it settles: everybody is paid, nobody twice', async () => {
      const owed = BigInt(String(await seller.ask('owed')))
      let isCut = false
      chainForSeller.decide((method) => {
        if (method !== 'eth_sendRawTransaction' || isCut) return 'pass'
        isCut = true
        // The chain takes it; before it can say so the line is gone.
        hosts.seller.chainLine('down')
        return 'pass'
      })
      const first = seller.ask('settle')
      await expect.poll(() => isCut).toBe(true)
      await sleep(1_000)
      hosts.seller.chainLine('up')
      await first
      await expect.poll(() => seller.ask('settle'), { interval: 500 }).toBe('0')
      const { escrow, token } = ground.deployment
      const ledger = await readLedger(ground.rpcUrl, { escrow, token, offers })
      const paid = [...ledger.lanes.values()].reduce((sum, lane) => sum + lane.paid, 0n)
      expect(paid).toBe(owed)
      expect(ledger.refused).toEqual([])
      expect(ledger.owes).toBe(ledger.holds)
      const receipts = (await buyer.ask('receipts')) as string[]
      expect(receipts.reduce((sum, each) => sum + BigInt(each), 0n)).toBe(paid)
    })
  },
)
