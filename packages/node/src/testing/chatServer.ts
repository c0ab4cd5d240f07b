import { EventEmitter, once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'

// An OpenAI-compatible server in a process of its own. What it says back is what it was told, and its embeddings begin with how long a text is, so that a test knows the answer; what else it does is in its model's name.
// Prints its URL when it listens. CHAT_KEY: the key that it asks for. Ends with its parent.
process.on('disconnect', () => process.exit())

type Body = {
  model: string
  stream?: boolean
  max_tokens?: number
  max_completion_tokens?: number
  messages: { role: string; content: string | { type: string; text?: string }[] | null }[]
  tools?: { function: { name: string } }[]
  response_format?: { type: string }
}

const MODELS = [
  'echo',
  'whole',
  'new-names',
  'no-usage',
  'wrong-usage',
  'slow',
  'held',
  'endless',
  'silent',
  'cut',
  'unfinished',
  'error-event',
  'garbage',
  'oversized',
  'refuses',
  'limited',
  'fails',
  'redirects',
  'tells-key',
  'embed',
  'embed-fewer',
  'embed-short',
  'embed-twice',
  'embed-huge',
  'embed-garbage',
]
const key = process.env.CHAT_KEY

/** Pieces that `held` says at once; the others when somebody asks for /go-on. */
const HELD_AFTER = 10
const GO_ON = 'go on'
const held = new EventEmitter()

const server = createServer((request, response) => {
  void serve(request, response).catch(() => response.destroy())
})
server.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`)
})

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (key !== undefined && request.headers.authorization !== `Bearer ${key}`)
    return send(response, 401, { error: { message: `Wrong key: ${request.headers.authorization}` } })
  if (request.url === '/v1/models')
    return send(response, 200, { data: MODELS.map((id) => ({ id, object: 'model', max_model_len: 4_096 })) })
  if (request.url === '/go-on') return send(response, 200, { waited: held.emit(GO_ON) })
  if (request.url === '/v1/embeddings') return embed(response, JSON.parse(await text(request)))
  if (request.url !== '/v1/chat/completions') return send(response, 404, { error: { message: 'not here' } })
  const body: Body = JSON.parse(await text(request))
  const misbehaviour = MISBEHAVIOURS[body.model]
  if (misbehaviour) return misbehaviour(response, body)
  if (body.model === 'new-names' && body.max_tokens !== undefined)
    return send(response, 400, {
      error: { message: "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead." },
    })
  const deltas = deltasOf(body)
  const most = body.max_tokens ?? body.max_completion_tokens ?? 0
  const said = deltas.slice(0, most)
  const finish =
    said.length < deltas.length ? 'length' : deltas.some((delta) => 'tool_calls' in delta) ? 'tool_calls' : 'stop'
  const usage = usageOf(body, said.length)
  if (!body.stream || body.model === 'whole') {
    const content = said.map((delta) => ('content' in delta ? delta.content : '')).join('')
    const calls = said.flatMap((delta) => ('tool_calls' in delta ? delta.tool_calls : []))
    const call = calls[0] && {
      ...calls[0],
      function: { name: calls[0].function.name, arguments: calls.map((each) => each.function.arguments).join('') },
    }
    const message = { role: 'assistant', content: call ? null : content, ...(call && { tool_calls: [call] }) }
    return send(response, 200, {
      object: 'chat.completion',
      choices: [{ index: 0, message, finish_reason: finish }],
      usage,
    })
  }
  begin(response)
  event(response, { choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }] })
  for (const [i, delta] of said.entries()) {
    if (body.model === 'held' && i === HELD_AFTER) await once(held, GO_ON)
    event(response, { choices: [{ index: 0, delta, finish_reason: null }] })
    if (body.model === 'slow' || body.model === 'endless') await sleep(20)
    if (response.destroyed) return
  }
  event(response, { choices: [{ index: 0, delta: {}, finish_reason: finish }] })
  event(response, { choices: [], usage })
  response.end('data: [DONE]\n\n')
}

/** Numbers of an embedding, and texts of a request. */
const [DIMENSIONS, MOST_TEXTS] = [8, 32]

type EmbedBody = { model: string; input: string[] }

/** In the reverse order, which their indices undo. */
function embed(response: ServerResponse, { model, input }: EmbedBody): void | Promise<void> {
  const misbehaviour = MISBEHAVIOURS[model]
  if (misbehaviour) return misbehaviour(response, { model, messages: [] })
  if (input.length > MOST_TEXTS)
    return send(response, 413, { error: { message: `batch size ${input.length} > maximum allowed batch size` } })
  if (model === 'embed-garbage') return send(response, 200, { data: [{ embedding: 'none' }] })
  const length = model === 'embed-short' ? DIMENSIONS - 1 : DIMENSIONS
  const data = input.map((words, i) => ({
    ...{ object: 'embedding', index: model === 'embed-twice' ? 0 : i },
    embedding: Array.from({ length }, (_, j) =>
      j === 0 ? words.length : model === 'embed-huge' ? 1e300 : i / (j + 1),
    ),
  }))
  const tokens = input.reduce((sum, words) => sum + words.split(' ').length + 2, 0)
  const said = model === 'wrong-usage' ? { prompt_tokens: 1e9 } : { prompt_tokens: tokens, total_tokens: tokens }
  send(response, 200, {
    ...{ object: 'list', model, data: model === 'embed-fewer' ? data.slice(1) : data.toReversed() },
    ...(model !== 'no-usage' && { usage: said }),
  })
}

/** What it was told last, a word a piece; the first tool called with it; or it as a member of an object. */
function deltasOf({ model, messages, tools, response_format: format }: Body) {
  const { content } = messages.at(-1) ?? {}
  const told =
    typeof content === 'string' ? content : (content ?? []).map((part) => part.text ?? `[${part.type}]`).join(' ')
  if (model === 'endless') return Array.from({ length: 100_000 }, (_, i) => ({ content: `${i} ` }))
  const [tool] = tools ?? []
  if (tool) {
    const pieces = JSON.stringify({ said: told }).match(/.{1,5}/gs) ?? []
    return pieces.map((piece, i) => ({
      tool_calls: [
        {
          index: 0,
          ...(i === 0 && { id: 'call_1', type: 'function' }),
          function: { ...(i === 0 && { name: tool.function.name }), arguments: piece },
        },
      ],
    }))
  }
  const answer = format && format.type !== 'text' ? JSON.stringify({ said: told }) : `You said: ${told}`
  return (answer.match(/\S+\s*/g) ?? []).map((piece) => ({ content: piece }))
}

function usageOf({ model, messages }: Body, pieces: number) {
  if (model === 'no-usage') return undefined
  if (model === 'wrong-usage') return { prompt_tokens: 1e9, completion_tokens: -5 }
  return { prompt_tokens: JSON.stringify(messages).split(' ').length, completion_tokens: pieces }
}

const MISBEHAVIOURS: Readonly<Record<string, (response: ServerResponse, body: Body) => void | Promise<void>>> = {
  silent: () => undefined,
  async cut(response, { stream }) {
    begin(response)
    if (!stream) response.write('{"choices": [')
    for (const content of ['Half ', 'of ', 'an ']) {
      event(response, { choices: [{ index: 0, delta: { content }, finish_reason: null }] })
      await sleep(10)
    }
    response.destroy()
  },
  unfinished(response) {
    begin(response)
    event(response, { choices: [{ index: 0, delta: { content: 'Half' }, finish_reason: null }] })
    response.end()
  },
  'error-event'(response) {
    begin(response)
    event(response, { choices: [{ index: 0, delta: { content: 'Half' }, finish_reason: null }] })
    event(response, { error: { message: 'the machine is on fire' } })
    response.end('data: [DONE]\n\n')
  },
  garbage(response) {
    begin(response)
    response.end('data: {"choices": "none"}\n\n<html>it works!</html>')
  },
  async oversized(response) {
    begin(response)
    const line = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: 'x'.repeat(1 << 16) } }] })}\n\n`
    for (let i = 0; i < 400 && !response.destroyed; i++) if (!response.write(line)) await sleep(1)
    response.end('data: [DONE]\n\n')
  },
  refuses: (response) => send(response, 400, { error: { message: 'This model never talks about that.' } }),
  limited: (response) => send(response, 429, { error: { message: 'Slow down.' } }),
  fails: (response) => send(response, 500, { error: { message: 'no memory left' } }),
  redirects(response) {
    response.writeHead(307, { location: 'http://127.0.0.1:9/v1/chat/completions' }).end()
  },
  'tells-key': (response) => send(response, 400, { error: { message: `You sent the key ${key}.` } }),
}

function begin(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
}

function event(response: ServerResponse, data: object): void {
  response.write(`data: ${JSON.stringify({ object: 'chat.completion.chunk', ...data })}\n\n`)
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
