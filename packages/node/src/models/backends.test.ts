import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { smallNet, smallNetInputs } from '@stoa/engine/dispute/testing'
import { loadLlama, openModelInProcess } from '@stoa/engine/inference'
import { writeScribeGguf } from '@stoa/engine/inference/testing'
import { encodeChatRequest, encodeTextEmbeddingRequest, type Tensor, tensorOf, textTensor } from '@stoa/protocol'
import { divideGraph } from '../testing/divideGraph.ts'
import { startServer } from '../testing/serverProcess.ts'
import { openUpstream } from '../upstreams/openUpstream.ts'
import { type BackendCase, describeBackend } from './backend.case.ts'

const malformed = [textTensor('nonsense', 'x')]
const floats = (name: string, ...values: number[]) => tensorOf(name, 'f32', [values.length], Float32Array.from(values))
const division = (a: number): Tensor[] => [floats('top_0', a, 2, 3), floats('bottom', 4, 4, 8)]
const chat = (content: string): Tensor[] => encodeChatRequest({ messages: [{ role: 'user', content }] }, 100)

async function graphFile(bytes: Uint8Array) {
  const folder = await mkdtemp(join(tmpdir(), 'stoa-backend-'))
  const file = join(folder, 'model.onnx')
  await writeFile(file, bytes)
  return { file, end: () => rm(folder, { recursive: true }) }
}

describeBackend('ONNX Runtime in this process', async (): Promise<BackendCase> => {
  const { file, end } = await graphFile(divideGraph())
  const model = await openModelInProcess({ task: 'graph', files: { 'model.onnx': file } })
  return { model, requests: [division(1), division(7)], malformed, end }
})

describeBackend('an exact model', async (): Promise<BackendCase> => {
  const graph = smallNet()
  const { file, end } = await graphFile(graph.bytes)
  const model = await openModelInProcess({ task: 'graph', profile: 'exact/1', files: { 'model.onnx': file } })
  const request = (seed: number) => {
    const inputs = smallNetInputs(seed, 8)
    return graph.model.inputs.map(({ name }) => {
      const value = inputs.get(name)
      if (value?.type !== 'u8') throw new TypeError('the small net takes bytes')
      return tensorOf(name, 'u8', value.dims, value.data)
    })
  }
  return { model, requests: [request(1), request(2)], malformed, end }
})

describeBackend('a server of the Open Inference Protocol by URL', async (): Promise<BackendCase> => {
  const { file, end } = await graphFile(divideGraph())
  const server = await startServer('oipServer.ts', { argument: file })
  const { model } = await openUpstream({
    upstream: { protocol: 'oip', url: server.url, model: 'divide' },
    card: { name: 'any/divide', task: 'graph' },
  })
  return {
    ...{ model, requests: [division(1), division(7)], malformed },
    end: () => Promise.all([server.end(), end()]).then(() => undefined),
  }
})

describeBackend('an OpenAI-compatible server by URL', async (): Promise<BackendCase> => {
  const server = await startServer('chatServer.ts')
  const { model } = await openUpstream({
    upstream: { protocol: 'openai', url: server.url, model: 'echo' },
    card: { name: 'any/echo', task: 'chat' },
  })
  const requests = [chat('Who are you?'), chat('Where is Chad?')] as const
  return { model, requests, malformed, streamed: 'deltas', end: server.end }
})

describeBackend('embeddings of an OpenAI-compatible server by URL', async (): Promise<BackendCase> => {
  const server = await startServer('chatServer.ts')
  const { model } = await openUpstream({
    upstream: { protocol: 'openai', url: server.url, model: 'embed' },
    card: { name: 'any/embed', task: 'embedding', dimensions: 8 },
  })
  const texts = (...own: string[]) => encodeTextEmbeddingRequest({ texts: own, dimensions: 8 })
  return { model, requests: [texts('Zeno', 'of Citium'), texts('Chad')], malformed, end: server.end }
})

/** The library is optional, and no dependency of ours: where it is not installed, this says so by being skipped. */
const hasLlama = await loadLlama().then(
  () => true,
  () => false,
)

describeBackend(
  'a GGUF file in this process',
  async (): Promise<BackendCase> => {
    const folder = await mkdtemp(join(tmpdir(), 'stoa-backend-'))
    const file = join(folder, 'model.gguf')
    await writeScribeGguf(file)
    const model = await openModelInProcess({ task: 'chat', files: { 'model.gguf': file }, threads: 1 })
    const greedy = (content: string) => encodeChatRequest({ messages: [{ role: 'user', content }], temperature: 0 }, 12)
    const requests = [greedy('Who are you?'), greedy('Where is Chad?')] as const
    return { model, requests, malformed, streamed: 'deltas', end: () => rm(folder, { recursive: true }) }
  },
  { skip: !hasLlama },
)
