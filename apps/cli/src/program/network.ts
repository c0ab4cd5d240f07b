import { type Command, Option } from 'commander'
import { DEFAULT_SERVICE } from '../services/serviceOptions.ts'
import { address, port, urls } from './readers.ts'
import type { Run } from './run.ts'

const STOPPING = `
On SIGTERM it takes no new calls, finishes those under way, settles what brings more than it costs, and ends. A gateway that other machines reach needs STOA_GATEWAY_KEY (the bearer key that callers
show), and STOA_GATEWAY_HOSTS (names under which it is reached).`

/** A home on a chain elsewhere, from an empty account on. */
export function addNetwork(program: Command, run: Run): void {
  program.commandsGroup('On a network:')
  program
    .command('deploy')
    .description('put the contracts on a chain, from the home’s owner account; what is there already is left')
    .requiredOption('--rpc <urls>', 'RPC endpoint of the chain, or several with commas between', urls)
    .option('--token <address>', 'ERC-20 with EIP-3009 that stake and deposits are in', address)
    .option('--out <file>', 'where the addresses are written; refused where it says others', 'deployment.json')
    .option('--force', 'write over a file that says other addresses')
    .action((options) => run(async (context) => (await import('../commands/deploy.ts')).deploy(context, options)))
  program
    .command('init')
    .description('make a home for accounts on a chain elsewhere: keys, and where chain and contracts are')
    .requiredOption('--rpc <urls>', 'RPC endpoint of the chain, or several with commas between', urls)
    .requiredOption('--deployment <file>', 'where the contracts are, as "stoa deploy" wrote it')
    .action((options) => run(async (context) => (await import('../commands/init.ts')).init(context, options)))
  program
    .command('fund <role>')
    .description('send coin and tokens from the home’s owner account to another of its accounts')
    .option('--coin <amount>', 'of the chain’s own coin')
    .option('--token <amount>', 'of the token')
    .action((role: string, options) =>
      run(async (context) => (await import('../commands/fund.ts')).fund(context, role, options)),
    )
  program
    .command('register')
    .description('register the home’s provider where buyers find it, and stake')
    .requiredOption('--endpoint <url>', 'where buyers reach the node')
    .requiredOption('--stake <amount>', 'stake to have in all, in token units')
    .action((options) => run(async (context) => (await import('../commands/register.ts')).register(context, options)))
  program
    .command('run [services...]')
    .description(
      'run services of this home (node, gateway, web) until SIGTERM or ctrl-C, against the chain that the home names',
    )
    .option('--host <address>', 'address on which node and gateway listen', DEFAULT_SERVICE.host)
    .option('--node-port <port>', 'where the provider listens; kept for later', port)
    .option('--gateway-port <port>', 'where OpenAI clients connect; kept for later', port)
    .option('--web-port <port>', 'where the dashboard is served; kept for later', port)
    .option('--node-ops-port <port>', 'where the node’s metrics and probes are served', port)
    .option('--gateway-ops-port <port>', 'where the gateway’s metrics and probes are served', port)
    .option('--ops-host <address>', 'address of metrics and probes', DEFAULT_SERVICE.opsHost)
    .addOption(
      new Option('--log <form>', 'what services write to standard error').choices(['words', 'json']).default('words'),
    )
    .addHelpText('after', STOPPING)
    .action((services: string[], options) =>
      run(async (context) => (await import('../commands/run.ts')).runServices(context, services, options)),
    )
}
