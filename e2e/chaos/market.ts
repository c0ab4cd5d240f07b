import { join } from 'node:path'
import { openGround } from '../ground/openGround.ts'
import { createService, type Service } from '../process/service.ts'
import { twice } from '../process/twice.ts'
import { createDirectBuyer } from './directBuyer.ts'
import { type Link, openLink } from './link.ts'
import type { Random } from './random.ts'
import { openSmallDisk, type SmallDisk } from './smallDisk.ts'

/** The name under which the network is sold. */
export const MODEL = 'chaos/twice'
/** Wei per million bytes: with requests of 16 to 64 bytes, 16 to 64 wei a call, or more. */
const PRICES = [1_000_000n, 1_500_000n]
const SELLERS = 2
const BUYERS = 2
const DEPOSIT = 10n ** 9n
/** Wei of the buyer who pays by signed transfer. */
const DOLLARS = 10n ** 9n

/** A party with its process, the folder of its store, and the disk that this is on, where one could be mounted. */
export type Party = { service: Service; folder: string; disk: SmallDisk | undefined; links: readonly Link[] }

export type ChaosMarket = Awaited<ReturnType<typeof openChaosMarket>>

/** Sellers of a tiny network and gateways of one account, each in a process of its own, with a line between each pair of them on which things can happen. */
export async function openChaosMarket(random: Random, diskBytes: number) {
  const ground = await openGround({ keepChain: true })
  const { rpcUrl, deployment } = ground
  const compiled = ground.folder()
  const disks: SmallDisk[] = []
  const links: Link[] = []
  const folderOf = () => {
    const folder = ground.folder()
    const disk = openSmallDisk(join(folder, 'disk'), diskBytes)
    if (disk) disks.push(disk)
    return { folder: disk?.folder ?? folder, disk }
  }
  const linkTo = async (name: string, to?: string) => {
    const link = await openLink(random.fork(name))
    link.lead(to)
    links.push(link)
    return link
  }

  const modelId = await ground.publish({ name: MODEL, task: 'graph' }, { 'model.onnx': twice() })
  const sellers: (Party & { offers: readonly `0x${string}`[]; name: string })[] = []
  for (let n = 0; n < SELLERS; n++) {
    const name = `node ${n}`
    const price = PRICES[n % PRICES.length] ?? 1n
    const { offers, parameters, announce } = await ground.enrol([{ modelId, unit: 'byte', price, exposure: 100_000n }])
    const [chain, line] = [await linkTo(`${name} to chain`, rpcUrl), await linkTo(`line to ${name}`)]
    await announce(line.url)
    const { folder, disk } = folderOf()
    const service = createService({
      ...{ name, entry: './nodeProcess.ts', compiled, onUrl: line.lead },
      argument: {
        ...{ ...parameters, folder, rpcUrl: chain.url },
        limits: { refreshSeconds: 1 },
        settlement: { thresholdWei: '2000', intervalSeconds: 600 },
      },
    })
    sellers.push({ name, service, folder, disk, offers, links: [chain, line] })
  }
  const owner = await ground.account(DEPOSIT)
  const payer = owner.account.address
  const sessionKey = await ground.open(owner, DEPOSIT)
  const buyers: Party[] = []
  for (let n = 0; n < BUYERS; n++) {
    const name = `gateway ${n}`
    const chain = await linkTo(`${name} to chain`, rpcUrl)
    const { folder, disk } = folderOf()
    const argument = {
      ...{ deployment, payer, folder, rpcUrl: chain.url, sessionKey: `0x${Buffer.from(sessionKey).toString('hex')}` },
      timeouts: {
        answer: 4_000,
        recover: 1_000,
        // Longer than a line and a busy machine keep a request before its node knows of it.
        settleDoubt: 8_000,
        refresh: 1_000,
        coolDown: 100,
        maxCoolDown: 1_000,
      },
    }
    const service = createService({ name, entry: './gatewayProcess.ts', compiled, argument })
    buyers.push({ service, folder, disk, links: [chain] })
  }
  return {
    ...{ rpcUrl, deployment, payer, sellers, buyers, links, crashChain: ground.crashChain },
    owner: { client: owner, deployment, rpcUrl },
    direct: createDirectBuyer(await ground.account(DOLLARS), deployment, MODEL),
    directDollars: DOLLARS,
    grow: ground.grow,
    hasDisks: disks.length === SELLERS + BUYERS,
    async close() {
      await Promise.all([...sellers, ...buyers].map(({ service }) => service.kill()))
      for (const link of links) link.close()
      for (const disk of disks) disk.remove()
      await ground.close()
    },
  }
}
