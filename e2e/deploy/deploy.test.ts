import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { smallNet, smallNetInputs } from '@stoa/engine/dispute/testing'
import { DEVELOPMENT_KEYS, freePort, type RunningChain, startChain } from '@stoa/localnet'
import { openRpcProxy, type RpcProxy } from '@stoa/localnet/rpcProxy'
import { tensorOf, tensorToJson } from '@stoa/protocol'
import { stoaUsdAbi } from '@stoa/protocol/abi'
import { stoaUsdBytecode } from '@stoa/protocol/bytecode'
import { createChainClient } from '@stoa/sdk'
import { privateKeyToAccount } from 'viem/accounts'
import { deployContract, waitForTransactionReceipt } from 'viem/actions'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MAIN } from '../cli/stoa.ts'

const DOCUMENT = new URL('../../docs/deploy.md', import.meta.url)
const CHAIN_ID = 84_532

let chain: RunningChain
let folder: string
const proxies: RpcProxy[] = []
beforeAll(async () => {
  chain = await startChain({ chainId: CHAIN_ID })
  folder = mkdtempSync(join(tmpdir(), 'stoa-deploy-'))
})
afterAll(async () => {
  for (const proxy of proxies) proxy.close()
  await chain?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** What a reader would do: every shell block, and in its place each thing that a reader does elsewhere. */
function scriptOf(markdown: string): string {
  const parts = markdown.matchAll(/```sh\n([\s\S]*?)```|<!-- test: (.*?) -->/g)
  return [...parts].map(([, block, deed]) => block ?? deed).join('\n')
}

/** Runs a script, and returns what it wrote; rejects with all of it when it fails. */
function bash(script: string, env: Readonly<Record<string, string>>): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-euo', 'pipefail', '-c', script], { cwd: folder, env: { ...process.env, ...env } })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk))
    child.once('exit', (code) => (code === 0 ? resolve(said) : reject(new Error(`exit ${code}:\n${said}`))))
  })
}

test('every command of docs/deploy.md, from an empty account to a paid answer, over links that fail', async () => {
  const { rpcUrl } = chain
  const account = privateKeyToAccount(DEVELOPMENT_KEYS[2])
  const rich = createChainClient({ rpcUrl, chainId: CHAIN_ID, account })
  const hash = await deployContract(rich, {
    abi: stoaUsdAbi,
    bytecode: stoaUsdBytecode,
    args: [account.address],
    account,
    chain: rich.chain,
  })
  const { contractAddress } = await waitForTransactionReceipt(rich, { hash })

  // The first endpoint is gone, the second slow and loses every seventh answer, and the third is all right.
  for (let i = 0; i < 3; i++) proxies.push(await openRpcProxy(rpcUrl))
  const [gone, shaky] = proxies
  let asked = 0
  gone?.decide(() => 'error')
  shaky?.decide((method) => (method !== 'eth_sendRawTransaction' && asked++ % 7 === 6 ? 'lose' : 'pass'))
  shaky?.slow(5)

  const net = smallNet()
  mkdirSync(join(folder, 'my-model'))
  writeFileSync(join(folder, 'my-model', 'model.onnx'), net.bytes)
  const words = { title: 'Mine', description: 'A net.', licence: 'Apache-2.0', source: 'here' }
  writeFileSync(
    join(folder, 'my-model', 'card.json'),
    JSON.stringify({ name: 'mine/net', task: 'graph', ...words, files: ['model.onnx'] }),
  )
  const inputs = smallNetInputs(1, 8)
  const tensors = net.model.inputs.map(({ name }) => {
    const value = inputs.get(name)
    if (value?.type !== 'u8') throw new TypeError('the small net takes bytes')
    return tensorToJson(tensorOf(name, 'u8', value.dims, value.data))
  })
  writeFileSync(join(folder, 'request.json'), JSON.stringify({ id: '1', inputs: tensors }))
  // What a reader's wallet does: coin, and dollars.
  writeFileSync(
    join(folder, 'receive.mjs'),
    `import { createWalletClient, http, parseAbi, parseEther } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
const account = privateKeyToAccount('${DEVELOPMENT_KEYS[2]}')
const client = createWalletClient({ account, transport: http('${rpcUrl}') })
const to = process.argv[2]
await client.sendTransaction({ to, value: parseEther('2'), chain: null })
await client.writeContract({ address: '${contractAddress}', abi: parseAbi(['function mint(address,uint256)']), functionName: 'mint', args: [to, 200_000_000n], chain: null })
`,
  )
  const ports = {
    NODE_PORT: await freePort(),
    GATEWAY_PORT: await freePort(),
    NODE_OPS_PORT: await freePort(),
    GATEWAY_OPS_PORT: await freePort(),
  }
  const env = {
    ...Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, `${port}`])),
    ...{ STOA_PASSWORD: 'correct horse', RPC: proxies.map(({ url }) => url).join(','), TOKEN: `${contractAddress}` },
    PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
    ENDPOINT: `http://127.0.0.1:${ports.NODE_PORT}`,
  }
  // Programs of their own, as they are when installed: what is sent to them ends them, and no shell between.
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  const program = (name: string, ...words: string[]) =>
    writeFileSync(
      join(bin, name),
      `#!/bin/sh\nexec ${[process.execPath, ...words].map((word) => `"${word}"`).join(' ')} "$@"\n`,
      { mode: 0o755 },
    )
  program('stoa', MAIN)
  program('node')
  const receive = `receive() { (cd "${new URL('../..', import.meta.url).pathname}" && "${process.execPath}" --input-type=module - "$1" < "${join(folder, 'receive.mjs')}"); }`
  const scrape =
    'scrape() { for PORT in $NODE_OPS_PORT $GATEWAY_OPS_PORT; do curl -sf http://127.0.0.1:$PORT/metrics; done > metrics.txt; }'
  // Everything once more, with the new keys and the new password, a buyer from a backup, and a seller that lost its store.
  const again = `again() {
    rm -r seller/node
    STOA_PASSWORD="$STOA_PASSWORD, changed" stoa run node --node-ops-port $NODE_OPS_PORT & NODE=$!
    until curl -sf http://127.0.0.1:$NODE_OPS_PORT/ready > /dev/null; do sleep 0.5; done
    STOA_HOME=$PWD/buyer-again stoa run gateway --gateway-ops-port $GATEWAY_OPS_PORT & GATEWAY=$!
    until curl -sf http://127.0.0.1:$GATEWAY_OPS_PORT/ready > /dev/null; do sleep 0.5; done
    echo "again: $(curl -sf http://127.0.0.1:$GATEWAY_PORT/v2/models/mine%2Fnet/infer -H 'content-type: application/json' -d @request.json)"
    kill $GATEWAY $NODE; wait $GATEWAY $NODE
  }`
  const said = await bash([receive, scrape, again, scriptOf(readFileSync(DOCUMENT, 'utf8'))].join('\n'), env)

  expect(said).toContain('"model_name":"mine/net"')
  expect(said).toContain('1 made anew: the store was lost')
  expect(said).toMatch(/1 lanes of the gateway are not used again/)
  expect(said).toMatch(/^again: .*"model_name":"mine\/net"/m)
  expect(said).toMatch(/1 lane\(s\) settled for /)
  expect(said).toMatch(/seller .* staked/)
  const events = said.split('\n').flatMap((line) => {
    try {
      const parsed = JSON.parse(line)
      return parsed.service ? [parsed] : []
    } catch {
      return []
    }
  })
  // One id from the buyer's request to the seller's answer.
  const answered = events.filter(({ event }) => event === 'answered')
  expect(answered.map(({ service }) => service).sort()).toEqual(['gateway', 'node'])
  expect(new Set(answered.map(({ requestId }) => requestId)).size).toBe(1)
  expect(events).toContainEqual(expect.objectContaining({ event: 'endpoint', condition: 'failing' }))
  expect(events.filter(({ event }) => event === 'closed')).toHaveLength(1)

  // All that alerts and dashboard ask for is there, from a node and a gateway that have sold and bought.
  const metrics = readFileSync(join(folder, 'metrics.txt'), 'utf8')
  expect(metrics).toMatch(/^stoa_node_answers_total\{model="mine\/net",replayed="false"\} 1$/m)
  expect(metrics).toMatch(/^stoa_node_settlements_total\{kind="vouchers",outcome="mined"\} 1$/m)
  expect(metrics).toMatch(
    /^stoa_gateway_http_requests_total\{route="\/v2\/models\/:model\{.\+\}\/infer",status="200"\} 1$/m,
  )
  expect(metrics).toMatch(/^stoa_node_rpc_endpoint_up\{endpoint="[^"]+"\} 0$/m)
  const declared = new Set([...metrics.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name))
  for (const file of ['prometheus/alerts.yaml', 'grafana/stoa.json']) {
    const text = readFileSync(new URL(`../../deploy/${file}`, import.meta.url), 'utf8')
    const asked = new Set(
      [...text.matchAll(/\b((?:stoa|process|nodejs)_[a-z0-9_]+)/g)].map(([, name]) => name?.replace(/_bucket$/, '')),
    )
    expect([...asked].filter((name) => !declared.has(name))).toEqual([])
  }
  // Few series, whatever was asked.
  expect(metrics.split('\n').length).toBeLessThan(600)
}, 1_200_000)
