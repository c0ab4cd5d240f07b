/**
 * Chats with the official `openai` client, as with any other service: only the base URL is another.
 *
 *     node examples/openai/chat.ts [model]
 *
 * `STOA_URL` is your gateway's address, http://127.0.0.1:4700 by default.
 */
import OpenAI from 'openai'

const model = process.argv[2] ?? 'stoa/scribe'
const client = new OpenAI({ baseURL: `${process.env.STOA_URL ?? 'http://127.0.0.1:4700'}/v1`, apiKey: 'none' })

const stream = await client.chat.completions.create({
  model,
  messages: [{ role: 'user', content: 'Who are you?' }],
  max_tokens: 40,
  stream: true,
  stream_options: { include_usage: true },
})
for await (const { choices, usage } of stream) {
  process.stdout.write(choices[0]?.delta.content ?? '')
  // Beside OpenAI's members: what it cost, in wei of the token.
  if (usage) console.log(`\n${usage.total_tokens} tokens for ${(usage as { cost_wei?: string }).cost_wei} wei`)
}
