import { type ProviderRules, providerRules } from '@stoa/gateway/routing'
import { CHAT_FEATURES, type ChatFeature, parseAmount } from '@stoa/protocol'
import { Command, InvalidArgumentError, Option } from 'commander'
import { isAddress } from 'viem'
import packageJson from '../package.json' with { type: 'json' }
import { accounts } from './commands/accounts.ts'
import { backup, restore } from './commands/backup.ts'
import { type Context, type GlobalOptions, openContext } from './commands/context.ts'
import { demo } from './commands/demo.ts'
import { demoFraud } from './commands/demoFraud.ts'
import { deploy } from './commands/deploy.ts'
import { deposit } from './commands/deposit.ts'
import { doctor } from './commands/doctor.ts'
import { fund } from './commands/fund.ts'
import { infer } from './commands/infer.ts'
import { init } from './commands/init.ts'
import { addKey, listKeys, revokeKey } from './commands/keys.ts'
import { models } from './commands/models.ts'
import { password } from './commands/password.ts'
import { provide } from './commands/provide.ts'
import { publish } from './commands/publish.ts'
import { quantize } from './commands/quantize.ts'
import { receipts } from './commands/receipts.ts'
import { register } from './commands/register.ts'
import { rotate } from './commands/rotate.ts'
import { runServices } from './commands/run.ts'
import { settle } from './commands/settle.ts'
import { status } from './commands/status.ts'
import { DEFAULT_PORTS, up } from './commands/up.ts'
import { watch } from './commands/watch.ts'
import { withdraw } from './commands/withdraw.ts'
import { EXIT, exitCodeOf } from './errors.ts'
import { homeFolder } from './home/home.ts'
import { LOCAL_TOKEN } from './output/localToken.ts'
import { createPrinter } from './output/printer.ts'
import { serve } from './services/serve.ts'
import { openGatewayService } from './services/serveGateway.ts'
import { openNodeService } from './services/serveNode.ts'
import { openWebService } from './services/serveWeb.ts'
import { DEFAULT_SERVICE } from './services/serviceOptions.ts'
import type { ServiceName } from './services/startService.ts'

const program = new Command('stoa')
  .description('An open economy for machine intelligence: buy and sell answers that are signed, paid for and shared.')
  .version(packageJson.version)
  .option('--home <folder>', 'folder that keeps everything (default: STOA_HOME, else ~/.stoa)')
  .option('--json', 'one line of JSON instead of words')
  .addHelpText(
    'after',
    `
Examples:
  $ stoa up                              everything on this machine, and a first answer bought
  $ stoa infer --image bill.png          the text in an image
  $ stoa infer --text "Good morning"     512 numbers that mean it
  $ stoa infer --prompt "Who are you?"   what a language model says
  $ stoa publish ./my-model && stoa provide 3 --price 0.02 --unit byte

Exit codes: 0 done · 1 failed · 2 wrong usage · 3 not possible now, try again
Keys are in encrypted keystores under the home; STOA_PASSWORD opens them if it is set, else the password file beside them.`,
  )
  .exitOverride((error) => process.exit(error.exitCode === 0 ? EXIT.ok : EXIT.usage))

function urls(text: string): string[] {
  const given = text.split(',').map((url) => url.trim())
  if (!given.every((url) => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)))
    throw new InvalidArgumentError('Give http or https URLs, with commas between.')
  return given
}

function address(text: string): string {
  if (!isAddress(text)) throw new InvalidArgumentError('Give an address: 0x and 40 hexadecimal digits.')
  return text
}

function port(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1 || value > 65_535)
    throw new InvalidArgumentError('Give a number from 1 to 65535.')
  return value
}

function share(text: string): number {
  const value = Number(text)
  if (!(value >= 0 && value <= 50)) throw new InvalidArgumentError('Give a percentage from 0 to 50.')
  return value
}

function temperature(text: string): number {
  const value = Number(text)
  if (!(value >= 0 && value <= 2)) throw new InvalidArgumentError('Give a number from 0 to 2.')
  return value
}

function chance(text: string): number {
  const value = Number(text)
  if (!(value >= 0 && value <= 1)) throw new InvalidArgumentError('Give a share from 0 to 1.')
  return value
}

function tokens(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1 || value > 1_000_000_000)
    throw new InvalidArgumentError('Give a whole number of tokens.')
  return value
}

function features(text: string): ChatFeature[] {
  return text.split(',').map((word) => {
    const feature = CHAT_FEATURES.find((each) => each === word.trim())
    if (!feature) throw new InvalidArgumentError(`"${word}" is none of ${CHAT_FEATURES.join(', ')}.`)
    return feature
  })
}

function count(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1 || value > 1000)
    throw new InvalidArgumentError('Give a number from 1 to 1000.')
  return value
}

function percents(text: string): number[] {
  const values = text.split(',').map(Number)
  if (!values.every((value) => Number.isInteger(value) && value >= 1 && value <= 100))
    throw new InvalidArgumentError('Give percentages from 1 to 100 with commas between them.')
  return values
}

function rules(text: string): ProviderRules {
  const parsed = providerRules.safeParse(jsonOf(text))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new InvalidArgumentError(
    `Give rules as JSON, such as '{"sort":"latency"}'. ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`,
  )
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function colours(text: string): readonly [number, number, number] {
  const [a, b, c, ...more] = text.split(',').map(Number)
  if (a === undefined || b === undefined || c === undefined || more.length > 0 || ![a, b, c].every(Number.isFinite))
    throw new InvalidArgumentError('Give three numbers with commas between them.')
  return [a, b, c]
}

/** What `serve` can open, in a process of its own. */
const SERVICES = { node: openNodeService, gateway: openGatewayService, web: openWebService } as const satisfies Record<
  ServiceName,
  unknown
>

/** Runs a command's work and turns what it throws into words and an exit code. */
async function run(work: (context: Context) => Promise<unknown>): Promise<void> {
  const options = program.opts<GlobalOptions>()
  try {
    await work(await openContext(options))
  } catch (error) {
    createPrinter({ json: options.json ?? false }).failure(error)
    process.exitCode = exitCodeOf(error)
  }
}

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
  .action(({ gatewayPort, nodePort, chainPort, indexPort, index, webPort, ...options }) => {
    const { durability, rerun, mostBonds, leastReward, requireKey, alertUrl, maxPrice, routing } = options
    const always = { gateway: gatewayPort, node: nodePort, chain: chainPort, web: webPort }
    const ports = { ...always, ...(index && { index: indexPort }) }
    return run((context) => {
      const disputes = {
        ...(mostBonds !== undefined && { mostBonds }),
        ...(leastReward !== undefined && { leastReward: `${parseAmount(leastReward, LOCAL_TOKEN)}` }),
      }
      const ceiling = () => (maxPrice === 'none' ? null : `${parseAmount(maxPrice, LOCAL_TOKEN)}`)
      const buying = {
        ...(requireKey !== undefined && { requireKey }),
        ...(alertUrl !== undefined && { alertUrl }),
        ...(maxPrice !== undefined && { maxPrice: ceiling() }),
        ...(routing !== undefined && { routing }),
      }
      return up(context, {
        ...{ ports, durability, rerunShare: rerun },
        ...(Object.keys(disputes).length > 0 && { disputes }),
        ...(Object.keys(buying).length > 0 && { buying }),
      })
    })
  })
const ring = program
  .command('accounts')
  .description('the public half of every key of the home; makes them where there are none')
  .action(() => run(accounts))
ring
  .command('rotate <key>')
  .description('give the role of a hot key (session, signer, settlement, endpoint) to a new one')
  .action((key: string) => run((context) => rotate(context, key)))
ring
  .command('password')
  .description('encrypt every key anew with STOA_NEW_PASSWORD')
  .action(() => run(password))
program
  .command('backup <folder>')
  .description('copy the home, which must not run, into a new folder: configuration, keystores, stores, models')
  .option('--password', 'the password file too: then whoever has the backup has the keys', false)
  .action((folder: string, options) => run((context) => backup(context, folder, options)))
program
  .command('restore <folder>')
  .description('make a home of a backup')
  .action((folder: string) => run((context) => restore(context, folder)))
program
  .command('deploy')
  .description('put the contracts on a chain, from the home’s owner account; what is there already is left')
  .requiredOption('--rpc <urls>', 'RPC endpoint of the chain, or several with commas between', urls)
  .option('--token <address>', 'ERC-20 with EIP-3009 that stake and deposits are in', address)
  .option('--out <file>', 'where the addresses are written', 'deployment.json')
  .action((options) => run((context) => deploy(context, options)))
program
  .command('init')
  .description('make a home for accounts on a chain elsewhere: keys, and where chain and contracts are')
  .requiredOption('--rpc <urls>', 'RPC endpoint of the chain, or several with commas between', urls)
  .requiredOption('--deployment <file>', 'where the contracts are, as "stoa deploy" wrote it')
  .action((options) => run((context) => init(context, options)))
program
  .command('fund <role>')
  .description('send coin and tokens from the home’s owner account to another of its accounts')
  .option('--coin <amount>', 'of the chain’s own coin')
  .option('--token <amount>', 'of the token')
  .action((role: string, options) => run((context) => fund(context, role, options)))
program
  .command('register')
  .description('register the home’s provider where buyers find it, and stake')
  .requiredOption('--endpoint <url>', 'where buyers reach the node')
  .requiredOption('--stake <amount>', 'stake to have in all, in token units')
  .action((options) => run((context) => register(context, options)))
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
  .addHelpText(
    'after',
    `
On SIGTERM it takes no new calls, finishes those under way, settles what brings more than it costs, and ends. A gateway that other machines reach needs STOA_GATEWAY_KEY (the bearer key that callers
show), and STOA_GATEWAY_HOSTS (names under which it is reached).`,
  )
  .action((services: string[], options) => run((context) => runServices(context, services, options)))
const story = program
  .command('demo')
  .description('tell the whole story once, in a folder of its own, and exit')
  .action(() => run(({ printer }) => demo(printer)))
story
  .command('fraud')
  .description('a seller lies by one bit: watch it found, disputed and convicted, move by move')
  .option('--picture <file>', 'where the walk is drawn as an SVG (default: stoa-fraud.svg in the temporary folder)')
  .option('--stay', 'keep everything running afterwards, with a dashboard that shows the game, until ctrl-C', false)
  .action(({ picture, stay }) => run(({ printer }) => demoFraud(printer, { picture, stay })))
program
  .command('status')
  .description('what runs, and what the ledger holds for you')
  .action(() => run(status))
program
  .command('models')
  .description('what can be bought, and for how much')
  .action(() => run(models))
program
  .command('infer')
  .description('buy one answer through the running gateway')
  .addOption(new Option('--image <file>', 'read the text in an image').conflicts(['text', 'prompt']))
  .addOption(new Option('--text <text>', 'embed a text').conflicts('prompt'))
  .option('--prompt <text>', 'have a text generated')
  .option('--max-tokens <n>', 'of a generated text, at most', count)
  .option('--temperature <t>', '0 for the likeliest words, 1 by default', temperature)
  .option('--seed <n>', 'the same seed, the same text', Number)
  .option('--model <name>', 'another model than stoa/ocr, stoa/embed-en or stoa/scribe')
  .action((options, command: Command) => {
    if (options.image === undefined && options.text === undefined && options.prompt === undefined)
      command.error('error: give --image <file>, --text <text> or --prompt <text>')
    return run((context) => infer(context, options))
  })
program
  .command('publish <folder>')
  .description('publish the model in a folder that has a card.json; you own it')
  .option('--owner-share <percent>', 'your share of what it earns wherever it is served', share, 30)
  .option('--resale-fee <percent>', 'your share when its token is sold on (ERC-2981)', share, 5)
  .action((folder: string, options) => run((context) => publish(context, folder, options)))
program
  .command('quantize <model>')
  .description(
    'turn a float .onnx network, or a Llama-like checkpoint, into an exact one: the same answers to the bit everywhere',
  )
  .requiredOption(
    '--calibrate <samples>',
    'folder of images of the size that the network takes, or of .npy files of float32; for a checkpoint a text file',
  )
  .option('--labels <file>', 'JSON: the class of each sample by its file name; accuracy is told before and after')
  .option('--out <folder>', 'where model.onnx, plan.json, report.json and report.svg go (default: <model>.exact)')
  .option('--output <tensor>', 'end with this tensor instead: scores before a softmax, say')
  .option('--mean <r,g,b>', 'grey levels that are 0 to the network, plane by plane', colours, [
    127.5, 127.5, 127.5,
  ] as const)
  .option('--std <r,g,b>', 'grey levels that are 1 to the network, plane by plane', colours, [
    127.5, 127.5, 127.5,
  ] as const)
  .addOption(new Option('--planes <order>', 'order of the planes').choices(['rgb', 'bgr']).default('rgb'))
  .action((model: string, options) => run((context) => quantize(context, model, options)))
program
  .command('provide [model-id]')
  .description('offer a published model from this node, or whatever a server by URL answers')
  .requiredOption('--price <amount>', 'token units per million units')
  .requiredOption('--unit <unit>', 'call, token (chat, embedding, generate), pixel (ocr) or byte (graph)')
  .option('--exposure <amount>', 'served to one payer before settlement or a lock', '0.05')
  .option('--slash-cap <amount>', 'stake that one wrong receipt can cost', '10')
  .option('--retention <days>', 'say in the offer that requests and answers are kept no longer, and keep to it', count)
  .option(
    '--upstream <url>',
    'base URL of a server that answers: OpenAI-compatible (with /v1), or Open Inference Protocol',
  )
  .option('--upstream-model <name>', 'what the model is called there')
  .option('--upstream-key-file <file>', 'file that holds its key; read at each start')
  .addOption(
    new Option('--upstream-protocol <protocol>', 'asked of the server where left out').choices(['openai', 'oip']),
  )
  .option('--name <name>', 'without a model id: what buyers call it (default: made of the name there)')
  .option('--title <words>', 'without a model id: for people')
  .option('--licence <licence>', 'without a model id: of the answers', 'see the server')
  .option(
    '--context <tokens>',
    'tokens that prompt and answer may have together, where the server does not say',
    tokens,
  )
  .option('--features <list>', 'what the server has, with commas: tools, json_schema, images', features)
  .addHelpText(
    'after',
    `
A server by URL needs no files: without a model id a card is published for it, and offered. Its answers are attested: signed by you, proved by nothing. Its key stays in its file.

Examples:
  $ stoa provide 6 --price 0.08 --unit token
  $ stoa provide --upstream http://127.0.0.1:11434/v1 --upstream-model llama3.2 --features tools --price 0.2 --unit token
  $ stoa provide --upstream https://api.example.com/v1 --upstream-model big --upstream-key-file ~/key --price 9 --unit token`,
  )
  .action((modelId: string | undefined, options) => run((context) => provide(context, modelId, options)))
program
  .command('deposit <amount>')
  .description('add to the deposit that pays every provider, in token units')
  .action((amount: string) => run((context) => deposit(context, amount)))
program
  .command('withdraw [amount]')
  .description('announce a withdrawal; without an amount, pay out the announced one')
  .option('--to <address>', 'another account than the one that deposited')
  .action((amount: string | undefined, { to }) => run((context) => withdraw(context, amount, to)))
program
  .command('receipts [digest]')
  .description('receipts that the gateway keeps, newest first; or one of them whole')
  .option('--limit <n>', 'how many', count, 20)
  .action((digest: string | undefined, { limit }) => run((context) => receipts(context, digest, limit)))
program
  .command('watch')
  .description('buy calls as a customer, compute each again, and dispute what is wrong for the reward')
  .option(
    '--requests <path>',
    'file, or folder of them: { "model", "inputs" } as .json, pictures, lines of text as .txt (default: things to ask the shipped models)',
  )
  .option('--per-day <n>', 'calls a day on average, at random times', count, 24)
  .option('--budget <amount>', 'most that the calls of a day may cost, in token units', '0.1')
  .option('--calls <n>', 'make so many calls at once, and end when the disputes that follow from them are over', count)
  .addHelpText(
    'after',
    `
A watcher has accounts of its own, in the folder "watch" of the home: one pays for calls, one holds bonds and gas for disputes. On a local chain they
are funded by themselves; elsewhere the command says what they need. It asks any seller whose answers a contract judges, through an ordinary gateway, so
that nothing tells it from a customer. Of a convicted seller's slash, less what burns, the payer gets its charge and half of the rest, the disputer the other
half: both are the watcher. A bond is lost only if the answer was right after all, or the watcher stops playing: keep it running while disputes are open.

Examples:
  $ stoa watch                                 24 calls a day for at most 0.1
  $ stoa watch --requests ./mine --per-day 200 --budget 2
  $ stoa watch --calls 5 --json                five calls now, what they showed as one line of JSON`,
  )
  .action(({ calls = 0, ...options }) => run((context) => watch(context, { ...options, calls })))
const key = program.command('key').description('keys for callers of the gateway, each with budgets of its own')
key
  .command('add <name>')
  .description('make a key; it is shown once')
  .option('--per-call <amount>', 'most that one call may cost, in token units')
  .option('--per-day <amount>', 'most for the calls of a UTC day')
  .option('--total <amount>', 'most for all its calls')
  .option('--alert-at <percents>', 'when to tell that a budget is spent so far (default: 50,80,100)', percents)
  .option('--rules <json>', 'which offers it may buy from, as in specs/routing.md', rules)
  .action((name: string, options) => run((context) => addKey(context, name, options)))
key
  .command('list')
  .description('keys, and what they spent')
  .action(() => run(listKeys))
key
  .command('revoke <id>')
  .description('refuse its next call')
  .action((id: string) => run((context) => revokeKey(context, id)))
program
  .command('settle')
  .description('have the running provider settle all it is owed')
  .action(() => run(settle))
program
  .command('doctor')
  .description('look at everything that a start or a call needs')
  .action(() =>
    run(async (context) => {
      if (!(await doctor(context))) process.exitCode = EXIT.failed
    }),
  )
program
  .command('serve <service>', { hidden: true })
  .requiredOption('--port <port>', 'where to listen', port)
  .option('--host <address>', 'address to listen on', DEFAULT_SERVICE.host)
  .option('--ops-port <port>', 'where metrics and probes are served', port)
  .option('--ops-host <address>', 'address of these', DEFAULT_SERVICE.opsHost)
  .addOption(new Option('--log <form>', 'what it writes').choices(['words', 'json']).default('words'))
  .option('--settle-last', 'settle before the end', false)
  .action((service: string, { opsPort, ...options }) => {
    const open = new Map(Object.entries(SERVICES)).get(service)
    if (!open) throw new InvalidArgumentError(`There is no service "${service}".`)
    return serve(() => open(homeFolder(program.opts<GlobalOptions>().home), { ...options, opsPort }))
  })

// A reader that has seen enough (`stoa receipts | head`) is no fault: what it leaves unread goes nowhere.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

await program.parseAsync()
