import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { tinyPage } from '@stoa/engine/dispute/testing'
import { createGateway } from '@stoa/gateway'
import { bytesToHex, findTensor, judgedProfile } from '@stoa/protocol'
import { getProvider, listGames, readGame } from '@stoa/sdk'
import { privateKeyToAddress } from 'viem/accounts'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Ground, openGround } from '../ground/openGround.ts'

const SLASH_CAP = 10_000_000n

let ground: Ground
beforeAll(async () => {
  ground = await openGround()
})
afterAll(() => ground?.close())

it('a wrong letter of a page is played down to, by the node of a faulty machine and the buyer’s gateway, and convicted', async () => {
  const { reader, rpcUrl, deployment } = ground
  const { contents, request } = tinyPage()
  const modelId = await ground.publish({ name: 'test/faulty', task: 'ocr', profile: 'exact/1' }, contents)
  if (!deployment.arbiter) throw new Error('the deployment has no judge')
  const exact = { proofKind: 'exact', arbiter: deployment.arbiter, profile: judgedProfile('ocr') } as const
  const offer = { modelId, unit: 'pixel', price: 1_000_000n, slashCap: SLASH_CAP, ...exact } as const
  const node = await ground.provide([offer], {
    limits: { disputePollSeconds: 0.2, refreshSeconds: 1 },
    preload: new URL('./faultyMachine.ts?letter', import.meta.url),
  })
  const key = bytesToHex(randomBytes(32))
  await ground.fund(privateKeyToAddress(key), SLASH_CAP)
  const gateway = await createGateway({
    ...{ rpcUrl, deployment, folder: ground.folder(), ...(await ground.payer(1_000_000n)) },
    ...{ rerun: { share: 1 }, disputes: { key, interval: 100 } },
  })
  const { response } = await gateway.infer({ model: 'test/faulty', request })
  expect(new TextDecoder().decode(findTensor(response, 'text').data)).not.toBe('aba bab\nab')
  for (let n = 0; n < 3_000; n++) {
    const [dispute] = gateway.disputes()
    if (dispute && !['waiting', 'playing'].includes(dispute.state)) break
    await sleep(50)
  }
  expect(gateway.disputes()).toMatchObject([{ state: 'convicted', ground: 'step' }])
  const [listed] = await listGames(reader, { deployment, provider: node.provider })
  const played = await readGame(reader, { deployment, game: listed?.game ?? 0n })
  expect(played).toMatchObject({ verdict: { convicted: true } })
  expect(played?.transactions.length).toBeGreaterThanOrEqual(5)
  expect((await getProvider(reader, { deployment, provider: node.provider }))?.stake).toBe(0n)
  await gateway.close()
  await node.kill()
})
