import { access, constants, stat } from 'node:fs/promises'
import { probeUpstream } from '@stoa/node'
import { BaseError, formatAmount } from '@stoa/protocol'
import { loadSecp256k1 } from '@stoa/protocol/secp256k1'
import { getAccount, getArbiterTerms, getBalances, getProvider } from '@stoa/sdk'
import { getCode } from 'viem/actions'
import { readClient } from '../home/clients.ts'
import { type Config, readConfig } from '../home/config.ts'
import { DEFAULT_PORTS } from '../home/defaultPorts.ts'
import type { Home } from '../home/home.ts'
import { asStarted } from '../output/asStarted.ts'
import { order } from '../services/control.ts'
import { indexStateOf } from '../services/indexState.ts'
import { nodeStatusOf } from '../services/nodeStatus.ts'
import { isFree } from '../services/ports.ts'
import { readUpstream } from '../upstreams/readUpstream.ts'
import type { Context } from './context.ts'

/** One thing looked at. `ok` false needs doing something about: `advice` says what. */
type Finding = { check: string; ok: boolean; found: string; advice?: string }

/** Looks at everything that a start or a call needs, and says what to do about what is missing. Returns whether all is well. */
export async function doctor({ home, printer }: Context): Promise<boolean> {
  const config = await readConfig(home)
  const services = await order(home, 'status').catch(() => undefined)
  const running = services !== undefined
  const findings = [
    checkNode(),
    await checkSignatures(),
    await checkRuntime(),
    await checkHome(home),
    ...(running ? [] : await checkPorts(config?.ports ?? DEFAULT_PORTS)),
    ...(config && running ? await checkLedger(config) : []),
    ...(config ? await checkUpstreams(config) : []),
    ...checkRunningNode(services),
    ...checkDisputes(services),
    ...checkIndex(services),
    { check: 'running', ok: true, found: running ? `from ${home.folder}` : 'nothing; "stoa up" starts it' },
  ]
  const lines = findings.map(({ check, ok, found, advice }) => {
    return `${ok ? '✓' : '✗'} ${check.padEnd(12)} ${found}${advice && !ok ? `\n  → ${advice}` : ''}`
  })
  printer.result({ findings }, asStarted(lines.join('\n')))
  return findings.every(({ ok }) => ok)
}

/** Servers that answer for offers of this home. */
function checkUpstreams({ offers }: Config): Promise<Finding[]> {
  const upstreams = offers.flatMap(({ upstream }) => (upstream ? [upstream] : []))
  return Promise.all(
    upstreams.map(async (upstream): Promise<Finding> => {
      const check = 'upstream'
      try {
        await probeUpstream(await readUpstream(upstream))
        return { check, ok: true, found: `${upstream.url} has ${upstream.model}` }
      } catch (error) {
        const { shortMessage = String(error), hint = 'Start it.' } = error instanceof BaseError ? error : {}
        return { check, ok: false, found: `${upstream.url}: ${shortMessage}`, advice: hint }
      }
    }),
  )
}

function checkNode(): Finding {
  const [major = 0] = process.versions.node.split('.').map(Number)
  return {
    check: 'Node.js',
    ok: major >= 24,
    found: process.version,
    advice: 'Run through npm ("npm run stoa -- …"), which finds Node 24 in node_modules, or install Node 24.',
  }
}

async function checkSignatures(): Promise<Finding> {
  const { kind } = await loadSecp256k1()
  const found = { native: 'libsecp256k1, native', wasm: 'libsecp256k1, WebAssembly', javascript: 'JavaScript' }[kind]
  return {
    check: 'signatures',
    ok: kind !== 'javascript',
    found,
    advice: 'Reinstall: npm ci. Paying works, about 15 times slower.',
  }
}

async function checkRuntime(): Promise<Finding> {
  const found = await import('onnxruntime-node').then(
    () => 'ONNX Runtime, CPU',
    () => undefined,
  )
  return {
    check: 'models',
    ok: found !== undefined,
    found: found ?? 'no ONNX Runtime',
    advice: 'npm install onnxruntime-node',
  }
}

async function checkHome(home: Home): Promise<Finding> {
  const { mode } = await stat(home.folder)
  const writable = await access(home.folder, constants.W_OK).then(
    () => true,
    () => false,
  )
  const found = `${home.folder}, mode ${(mode & 0o777).toString(8)}`
  return {
    check: 'home',
    ok: writable && (mode & 0o077) === 0,
    found,
    advice: `chmod 700 ${home.folder}: it holds keys.`,
  }
}

async function checkPorts({ web = DEFAULT_PORTS.web, ...others }: Config['ports']): Promise<Finding[]> {
  return Promise.all(
    Object.entries({ ...others, web }).map(async ([name, port]) => {
      const ok = port === undefined || (await isFree(port))
      return {
        check: 'port',
        ok,
        found: `${port ?? 'none'} for the ${name}`,
        advice: `Something listens there: stoa up --${name}-port <other>.`,
      }
    }),
  )
}

/** What a running node says of itself. */
function checkRunningNode(services: unknown): Finding[] {
  const { problems } = nodeStatusOf(services)
  return problems.map((found) => ({
    check: 'node',
    ok: false,
    found,
    advice: 'It goes on by itself once that is mended.',
  }))
}

/** What the node needs to defend its answers before a judge. */
function checkDisputes(services: unknown): Finding[] {
  const { disputes } = nodeStatusOf(services)
  if (!disputes) return []
  const { on, acquitted, convicted, warnings } = disputes
  const found = `${on.length} on, ${acquitted} won, ${convicted} lost`
  return [
    {
      check: 'disputes',
      ok: warnings.length === 0,
      found,
      advice: warnings.join(' '),
    },
  ]
}

/** Whether the index is there. That it still reads is no fault: all can do without meanwhile. */
function checkIndex(services: unknown): Finding[] {
  const index = indexStateOf(services)
  if (!index) return []
  const advice =
    'It is started again by itself. The gateway reads the chain meanwhile, and the dashboard lacks figures.'
  return [{ check: 'index', ok: index.state !== 'down', found: index.words, advice }]
}

async function checkLedger(config: Config): Promise<Finding[]> {
  const client = readClient(config)
  const { deployment, accounts, token } = config
  try {
    // The first question goes through the SDK, whose errors say what to do.
    const { balance } = await getAccount(client, { deployment, payer: accounts.payer })
    const code = await getCode(client, { address: deployment.escrow })
    const { stake = 0n } = (await getProvider(client, { deployment, provider: accounts.provider })) ?? {}
    return [
      {
        check: 'contracts',
        ok: code !== undefined,
        found: `escrow ${deployment.escrow}`,
        advice: 'Start with "stoa up".',
      },
      { check: 'deposit', ok: balance > 0n, found: formatAmount(balance, token), advice: 'stoa deposit <amount>' },
      {
        check: 'stake',
        ok: stake > 0n,
        found: formatAmount(stake, token),
        advice: 'Start with "stoa up", which stakes.',
      },
      ...(await checkBonds(config)),
    ]
  } catch (error) {
    if (!(error instanceof BaseError)) throw error
    return [{ check: 'ledger', ok: false, found: error.shortMessage, advice: error.hint ?? `Is ${config.rpcUrl} up?` }]
  }
}

/** Whether the dispute account could begin a dispute. */
async function checkBonds({ deployment, accounts, token, rpcUrl }: Config): Promise<Finding[]> {
  const { disputer: account } = accounts
  if (!account || !deployment.arbiter) return []
  const client = readClient({ rpcUrl, deployment })
  const [{ bond }, held] = await Promise.all([
    getArbiterTerms(client, { deployment }),
    getBalances(client, { deployment, account }),
  ])
  return [
    {
      check: 'bonds',
      ok: held.token >= bond && held.native > 0n,
      found: `${formatAmount(held.token, token)}, one takes ${formatAmount(bond, token)}`,
      advice: `Send ${account} what is missing, and coin for gas: until then nothing is disputed.`,
    },
  ]
}
