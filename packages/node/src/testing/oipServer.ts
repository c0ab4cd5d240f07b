import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { openModel } from '@stoa/engine/inference'
import { inferRequest, tensorFromJson, tensorToJson } from '@stoa/protocol'

// A server of the Open Inference Protocol in a process of its own: the network in the file that is given, under the names that the graph has in it ("Top:0"), which are no names of tensors here; and models that misbehave.
// Prints its URL when it listens. Ends with its parent.
process.on('disconnect', () => process.exit())

const OURS: Readonly<Record<string, string>> = { 'Top:0': 'top_0', Bottom: 'bottom' }
const graph = await openModel({ task: 'graph', files: { 'model.onnx': process.argv[2] ?? '' } })

const server = createServer(async (request, response) => {
  const [, , , model = '', verb] = (request.url ?? '').split('/')
  if (request.method === 'GET') {
    const tensor = (name: string) => ({ name, datatype: 'FP32', shape: [-1] })
    const inputs = Object.keys(OURS).map(tensor)
    return send(response, model === 'absent' ? 404 : 200, { name: model, inputs, outputs: [tensor('Quotient')] })
  }
  if (verb !== 'infer') return send(response, 404, { error: 'not here' })
  const misbehaviour = MISBEHAVIOURS[model]
  if (misbehaviour) return misbehaviour(response)
  try {
    const { inputs } = inferRequest.parse(await json(request))
    const tensors = inputs.map((input) => tensorFromJson({ ...input, name: OURS[input.name] ?? input.name }))
    const answered = await graph.run(tensors)
    const outputs = answered.map(tensorToJson).map((output) => ({ ...output, name: 'Quotient' }))
    send(response, 200, { model_name: model, outputs })
  } catch (error) {
    send(response, 400, { error: error instanceof Error ? error.message : String(error) })
  }
})
server.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})

const MISBEHAVIOURS: Readonly<Record<string, (response: ServerResponse) => void>> = {
  silent: () => undefined,
  cut(response) {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' }).write('{"outputs": [')
    setTimeout(() => response.destroy(), 10)
  },
  garbage: (response) => send(response, 200, { outputs: 'none' }),
  strange: (response) =>
    send(response, 200, { outputs: [{ name: 'Quotient', datatype: 'BYTES', shape: [1], data: ['x'] }] }),
  untrue: (response) =>
    send(response, 200, { outputs: [{ name: 'Quotient', datatype: 'FP32', shape: [3], data: [1] }] }),
  fails: (response) => send(response, 500, { error: 'no memory left' }),
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
