import type { Model, Task } from '../../data/models.ts'

/** A way to call the gateway from elsewhere. */
export type Snippet = { key: string; name: string; code: string }

/** Ready to paste: the gateway's address, and a model that is on offer, in three languages. */
export function snippetsFor(gatewayUrl: string, models: readonly Model[]): Snippet[] {
  const base = `${gatewayUrl}/v1`
  const nameOf = (task: Task) => models.find(({ stoa }) => stoa.task === task)?.id
  const [generate, embed] = [nameOf('generate'), nameOf('embedding')]
  if (generate) return chat(base, generate)
  return embed ? embedding(base, embed) : listing(base)
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

const NAMES = { curl: 'curl', python: 'Python', typescript: 'TypeScript' } as const

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
