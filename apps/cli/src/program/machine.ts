import type { ProviderRules } from '@stoa/gateway/routing'
import { parseAmount } from '@stoa/protocol'
import { type Command, Option } from 'commander'
import type { UpOptions } from '../commands/up.ts'
import { EXIT } from '../errors.ts'
import { DEFAULT_PORTS } from '../home/defaultPorts.ts'
import { LOCAL_TOKEN } from '../output/localToken.ts'
import { chance, count, port, rules } from './readers.ts'
import type { Run } from './run.ts'

/** Everything at once, and how it stands. */
export function addMachine(program: Command, run: Run): void {
  program.commandsGroup('On this machine:')
  program
    .command('up')
    .description('start chain, contracts, provider and gateway, buy one answer, stay until ctrl-C')
    .option('--gateway-port <port>', 'where OpenAI clients connect', port, DEFAULT_PORTS.gateway)
    .option('--node-port <port>', 'where the provider listens', port, DEFAULT_PORTS.node)
    .option('--chain-port <port>', 'where the local chain listens', port, DEFAULT_PORTS.chain)
    .option('--index-port <port>', 'where the index of the ledger listens', port, DEFAULT_PORTS.index)
    .option('--no-index', 'do without the index: the gateway reads the chain, and the dashboard has no figures')
    .option('--web-port <port>', 'where the dashboard is served', port, DEFAULT_PORTS.web)
    .addOption(
      new Option('--durability <mode>', 'full: stores also survive a power cut; kept for later starts').choices([
        'normal',
        'full',
      ]),
    )
    .option(
      '--rerun <share>',
      'share of exact answers that the gateway computes again, 0 to 1; kept for later starts',
      chance,
    )
    .option(
      '--most-bonds <n>',
      'bonds that its disputes may have out at once, by a first challenger’s; kept for later starts',
      count,
    )
    .option(
      '--least-reward <amount>',
      'least that a conviction must bring, in token units, to be disputed for; kept for later starts',
    )
    .option('--require-key', 'have the gateway ask callers for a key ("stoa key add"); kept for later starts')
    .option('--no-require-key', 'answer whoever reaches the gateway again')
    .option('--alert-url <url>', 'where to post that a key has spent a part of its budget; kept for later starts')
    .option(
      '--max-price <amount>',
      'most that one call may cost, in token units, or "none"; 1 by default; kept for later starts',
    )
    .option('--routing <json>', 'rules for every call, as in specs/routing.md; kept for later starts', rules)
    .action((flags: UpFlags) =>
      run(async (context) => (await import('../commands/up.ts')).up(context, upOptions(flags))),
    )
  const story = program
    .command('demo')
    .description('tell the whole story once, in a folder of its own, and exit')
    .action(() => run(async ({ printer }) => (await import('../commands/demo.ts')).demo(printer)))
  story
    .command('fraud')
    .description('a seller lies by one bit: watch it found, disputed and convicted, move by move')
    .option('--picture <file>', 'where the walk is drawn as an SVG (default: stoa-fraud.svg in the temporary folder)')
    .option('--force', 'write over a picture that is there')
    .option('--stay', 'keep everything running afterwards, with a dashboard that shows the game, until ctrl-C', false)
    .action(({ picture, force, stay }) =>
      run(async ({ printer }) =>
        (await import('../commands/demoFraud.ts')).demoFraud(printer, { picture, force, stay }),
      ),
    )
  program
    .command('status')
    .description('what runs, and what the ledger holds for you')
    .action(() => run(async (context) => (await import('../commands/status.ts')).status(context)))
  program
    .command('doctor')
    .description('look at everything that a start or a call needs')
    .action(() =>
      run(async (context) => {
        const { doctor } = await import('../commands/doctor.ts')
        if (!(await doctor(context))) process.exitCode = EXIT.failed
      }),
    )
}

type UpFlags = {
  gatewayPort: number
  nodePort: number
  chainPort: number
  indexPort: number
  webPort: number
  index: boolean
  durability?: 'normal' | 'full'
  rerun?: number
  mostBonds?: number
  leastReward?: string
  requireKey?: boolean
  alertUrl?: string
  maxPrice?: string
  routing?: ProviderRules
}

/** What `up` takes, of its flags. Throws what `parseAmount` throws. */
function upOptions(flags: UpFlags): UpOptions {
  const { durability, rerun, mostBonds, leastReward, requireKey, alertUrl, maxPrice, routing } = flags
  const { gatewayPort: gateway, nodePort: node, chainPort: chain, webPort: web } = flags
  const amount = (text: string) => `${parseAmount(text, LOCAL_TOKEN)}`
  const disputes = {
    ...(mostBonds !== undefined && { mostBonds }),
    ...(leastReward !== undefined && { leastReward: amount(leastReward) }),
  }
  const buying = {
    ...(requireKey !== undefined && { requireKey }),
    ...(alertUrl !== undefined && { alertUrl }),
    ...(maxPrice !== undefined && { maxPrice: maxPrice === 'none' ? null : amount(maxPrice) }),
    ...(routing !== undefined && { routing }),
  }
  return {
    ports: { gateway, node, chain, web, ...(flags.index && { index: flags.indexPort }) },
    durability,
    rerunShare: rerun,
    ...(Object.keys(disputes).length > 0 && { disputes }),
    ...(Object.keys(buying).length > 0 && { buying }),
  }
}
