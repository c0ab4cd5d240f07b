import { parseArgs } from 'node:util'
import type { BenchResult } from './result.ts'

// npm run bench -- <name> [part…] [--json]. Exits 0 whether goals are met or not: a benchmark states, it does not judge.

const BENCHES: Record<
  string,
  { what: string; load: () => Promise<{ run: (parts: readonly string[]) => Promise<BenchResult> }> }
> = {
  dispute: {
    what: 'liars by one bit in real networks, convicted on a chain: transactions, gas, time',
    load: () => import('./dispute/index.ts'),
  },
  embedding: {
    what: 'sentence embeddings beside the TensorFlow.js runtime',
    load: () => import('./embedding/index.ts'),
  },
  exactEmbedding: {
    what: 'exact sentence embeddings beside the float32 model, on 2,700 texts',
    load: () => import('./exactEmbedding/index.ts'),
  },
  exactOcr: {
    what: 'exact OCR on 500 images of level text beside the attested model',
    load: () => import('./exactOcr/index.ts'),
  },
  gas: {
    what: 'gas of onboarding and settlement beside one EIP-3009 transfer a call',
    load: () => import('./gas/index.ts'),
  },
  gateway: { what: 'a paid, signed call beside the bare model', load: () => import('./gateway/index.ts') },
  indexer: {
    what: 'backfill and live blocks of the index, beside a plain Ponder app; its memory and start',
    load: () => import('./indexer/index.ts'),
  },
  ocr: { what: 'accuracy and speed beside @gutenye/ocr-node on the same files', load: () => import('./ocr/index.ts') },
  pages: {
    what: 'pages in Chromium and their questions with 1,000 models, 50,000 settlements and 100,000 receipts',
    load: () => import('./pages/index.ts'),
  },
  payments: {
    what: 'payments a second, in process and bought over HTTP, beside x402 exact with managed nonces',
    load: () => import('./payments/index.ts'),
  },
  perplexity: {
    what: 'the exact language model beside its own weights in float32, on held-out prose',
    load: () => import('./perplexity/index.ts'),
  },
  routing: {
    what: 'a market of 50 made-up sellers with heavy-tailed times, failures and changing prices: wait and cost beside cheapest first and random',
    load: () => import('./routing/index.ts'),
  },
  verified: {
    what: 'exact models beside float32 and int8, and the executors beside each other',
    load: () => import('./verified/index.ts'),
  },
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false } },
})
// Of `dispute` some subjects may be asked for, such as "page"; of `pages` some pages, such as "wallet".
const [name = '', ...parts] = positionals
const bench = BENCHES[name]
if (!bench) {
  const list = Object.entries(BENCHES).map(([known, { what }]) => `  ${known.padEnd(12)}${what}`)
  process.stderr.write(`Usage: npm run bench -- <name> [part…] [--json]\n\n${list.join('\n')}\n`)
  process.exit(2)
}
const result = await (await bench.load()).run(parts)
process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : `${table(result)}\n`)

function table({ name, machine, rows, goals }: BenchResult): string {
  const lines = rows.map((row) => {
    const ours = `${number(row.ours)} ${row.unit}`
    const peer = row.peerName ? `${number(row.peer)} ${row.peerName}` : ''
    return `  ${row.case.padEnd(44)} ${ours.padStart(20)}   ${peer.padEnd(44)} ${row.peerName ? `×${number(row.ratio)}` : ''}`
  })
  const reached = goals.map(({ goal, value, target, unit, met }) => {
    return `  ${met ? '✓' : '✗'} ${goal.padEnd(60)} ${number(value)} of ${number(target)} ${unit}`
  })
  return [`${name} on ${machine}`, '', ...lines, '', 'goals', ...reached].join('\n')
}

function number(value: number): string {
  return Math.abs(value) >= 1000 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)))
}
