import type { Model, Task } from '../../data/models.ts'

/** A way to call the gateway from elsewhere. */
export type Snippet = { key: string; name: string; code: string }

export type SnippetParameters = {
  gatewayUrl: string
  models: readonly Model[]
  /** The home's own node, and who sells there. */
  node: { url: string; provider: string }
  /** Whether the chain is this machine's own, whose dollars no payment library knows. */
  isLocal: boolean
}

/** Ready to paste: the gateway by OpenAI's clients, in three languages, and the node by a stock x402 client, without any gateway. */
export function snippetsFor({ gatewayUrl, models, node, isLocal }: SnippetParameters): Snippet[] {
  const base = `${gatewayUrl}/v1`
  const nameOf = (task: Task) => models.find(({ stoa }) => stoa.task === task)?.id
  const [generate, embed] = [nameOf('generate'), nameOf('embedding')]
  const ofGateway = generate ? chat(base, generate) : embed ? embedding(base, embed) : listing(base)
  const sold = models.find(
    ({ stoa }) =>
      stoa.task === 'embedding' && stoa.offers.some(({ provider }) => provider === node.provider.toLowerCase()),
  )
  return sold ? [...ofGateway, direct(node.url, sold.id, isLocal)] : ofGateway
}

/** Five pieces of text, "Hello, world!", as the task `embedding` takes them (specs/tasks.md). */
const PIECES = [
  `    inputs: [`,
  `      { name: "ids", datatype: "UINT32", shape: [5], data: [341, 4125, 8, 311, 78] },`,
  `      { name: "offsets", datatype: "UINT32", shape: [2], data: [0, 5] },`,
  `    ],`,
]

/** A call paid by a signed transfer, with no account of Stoa's (specs/x402.md). */
function direct(nodeUrl: string, model: string, isLocal: boolean): Snippet {
  return snippet('x402', [
    `import { ExactEvmScheme } from "@x402/evm/exact/client"`,
    `import { wrapFetchWithPayment, x402Client } from "@x402/fetch"`,
    `import { privateKeyToAccount } from "viem/accounts"`,
    ``,
    `// A key that holds dollars of the market; nothing else is needed.`,
    `const scheme = new ExactEvmScheme(privateKeyToAccount(process.env.KEY))`,
    `const client = new x402Client().register("eip155:*", scheme)`,
    ...(isLocal
      ? [`client.setSpendControls({ allowedAssets: true }) // a local network's dollars are in no list`]
      : []),
    ``,
    `const answer = await wrapFetchWithPayment(fetch, client)("${nodeUrl}/v2/models/${encodeURIComponent(model)}/infer", {`,
    `  method: "POST",`,
    `  headers: { "content-type": "application/json" },`,
    `  body: JSON.stringify({`,
    ...PIECES,
    `  }),`,
    `})`,
    `console.log(await answer.json(), answer.headers.get("stoa-receipt"))`,
  ])
}

function chat(base: string, model: string): Snippet[] {
  const name = JSON.stringify(model)
  const messages = '[{ role: "user", content: "Who are you?" }]'
  return [
    snippet('curl', [
      `curl ${base}/chat/completions -H 'content-type: application/json' \\`,
      `  -d ${quoted(`{"model":${name},"max_tokens":32,"messages":[{"role":"user","content":"Who are you?"}]}`)}`,
    ]),
    snippet('python', [
      ...PYTHON_HEAD(base),
      `answer = client.chat.completions.create(`,
      `    model=${name},`,
      `    max_tokens=32,`,
      `    messages=[{"role": "user", "content": "Who are you?"}],`,
      `)`,
      `print(answer.choices[0].message.content, answer.usage.cost_wei)`,
    ]),
    snippet('typescript', [
      ...TYPESCRIPT_HEAD(base),
      `const answer = await client.chat.completions.create({ model: ${name}, max_tokens: 32, messages: ${messages} })`,
      `console.log(answer.choices[0].message.content, answer.usage)`,
    ]),
  ]
}

function embedding(base: string, model: string): Snippet[] {
  const name = JSON.stringify(model)
  const text = 'Philosophers taught in the open.'
  return [
    snippet('curl', [
      `curl ${base}/embeddings -H 'content-type: application/json' \\`,
      `  -d ${quoted(`{"model":${name},"input":"${text}"}`)}`,
    ]),
    snippet('python', [
      ...PYTHON_HEAD(base),
      `answer = client.embeddings.create(model=${name}, input="${text}")`,
      `print(answer.data[0].embedding[:4], answer.usage.cost_wei)`,
    ]),
    snippet('typescript', [
      ...TYPESCRIPT_HEAD(base),
      `const answer = await client.embeddings.create({ model: ${name}, input: "${text}" })`,
      `console.log(answer.data[0].embedding.slice(0, 4), answer.usage)`,
    ]),
  ]
}

/** Nothing on offer takes words: what there is can be listed. */
function listing(base: string): Snippet[] {
  return [
    snippet('curl', [`curl ${base}/models`]),
    snippet('python', [...PYTHON_HEAD(base), `for model in client.models.list():`, `    print(model.id, model.stoa)`]),
    snippet('typescript', [
      ...TYPESCRIPT_HEAD(base),
      `for await (const model of client.models.list()) console.log(model)`,
    ]),
  ]
}

const NAMES = { curl: 'curl', python: 'Python', typescript: 'TypeScript', x402: '@x402/fetch' } as const

function snippet(key: keyof typeof NAMES, lines: readonly string[]): Snippet {
  return { key, name: NAMES[key], code: lines.join('\n') }
}

// The clients want a key; the gateway on this machine asks for none.
const PYTHON_HEAD = (base: string) => [
  `from openai import OpenAI`,
  ``,
  `client = OpenAI(base_url="${base}", api_key="none")`,
]
const TYPESCRIPT_HEAD = (base: string) => [
  `import OpenAI from "openai"`,
  ``,
  `const client = new OpenAI({ baseURL: "${base}", apiKey: "none" })`,
]

/** As one word of a POSIX shell: a model's name is a stranger's, and people paste this. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
