/**
 * Streams a message with LangChain.js, then has a tool called where the model takes tools.
 *
 *     node examples/langchain/chat.ts [model] [--tools]
 *
 * `STOA_URL` is your gateway's address, http://127.0.0.1:4700 by default.
 */
import { tool } from '@langchain/core/tools'
import { ChatOpenAI } from '@langchain/openai'
import { z } from 'zod'

const [name = 'stoa/scribe', tools] = process.argv.slice(2)
const model = new ChatOpenAI({
  ...{ model: name, apiKey: 'none', maxTokens: 40, streamUsage: true, useResponsesApi: false },
  configuration: { baseURL: `${process.env.STOA_URL ?? 'http://127.0.0.1:4700'}/v1` },
})

let total = 0
for await (const chunk of await model.stream('Who are you?')) {
  process.stdout.write(chunk.text)
  total = (chunk.usage_metadata as { total_tokens: number } | undefined)?.total_tokens ?? total
}
console.log(`\n${total} tokens`)

if (tools) {
  const lookUp = tool(async ({ said }: { said: string }) => `${said} is found`, {
    ...{ name: 'look_up', description: 'Looks up what is said.', schema: z.object({ said: z.string() }) },
  })
  const { tool_calls: calls = [] } = await model.bindTools([lookUp]).invoke('Chad')
  for (const { name: called, args } of calls) console.log(`tool: ${called} ${JSON.stringify(args)}`)
}
