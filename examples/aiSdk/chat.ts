/**
 * Streams a text with Vercel's AI SDK, then has a tool called where the model takes tools.
 *
 *     node examples/aiSdk/chat.ts [model] [--tools]
 *
 * `STOA_URL` is your gateway's address, http://127.0.0.1:4700 by default.
 */
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { generateText, isStepCount, streamText, tool } from 'ai'
import { z } from 'zod'

const [name = 'stoa/scribe', tools] = process.argv.slice(2)
/** What a call cost, in wei of the token: beside OpenAI's members. */
type Paid = { usage?: { cost_wei?: string } | null }
let cost: string | undefined
const stoa = createOpenAICompatible({
  name: 'stoa',
  baseURL: `${process.env.STOA_URL ?? 'http://127.0.0.1:4700'}/v1`,
  includeUsage: true,
  metadataExtractor: {
    extractMetadata: async () => undefined,
    createStreamExtractor: () => ({
      processChunk(chunk) {
        cost = (chunk as Paid).usage?.cost_wei ?? cost
      },
      buildMetadata: () => undefined,
    }),
  },
})

const { textStream, usage } = streamText({ model: stoa(name), prompt: 'Who are you?', maxOutputTokens: 40 })
for await (const text of textStream) process.stdout.write(text)
console.log(`\n${(await usage).totalTokens} tokens for ${cost} wei`)

if (tools) {
  const look_up = tool({
    description: 'Looks up what is said.',
    inputSchema: z.object({ said: z.string() }),
    execute: async ({ said }) => `${said} is found`,
  })
  const { steps } = await generateText({
    ...{ model: stoa(name), prompt: 'Chad', tools: { look_up }, stopWhen: isStepCount(1) },
  })
  for (const { input, output } of steps.flatMap(({ toolResults }) => toolResults))
    console.log(`tool: ${JSON.stringify(input)} -> ${JSON.stringify(output)}`)
}
