import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openChatMarket } from '../e2e/backends/chatMarket.ts'

const run = promisify(execFile)

let market: Awaited<ReturnType<typeof openChatMarket>>
beforeAll(async () => {
  market = await openChatMarket()
})
afterAll(() => market?.close())

/** What an example prints when it runs as a reader runs it, with the market's gateway. */
async function printed(example: string, ...args: string[]): Promise<string> {
  const path = fileURLToPath(new URL(example, import.meta.url))
  const env = { ...process.env, STOA_URL: market.url }
  return (await run(process.execPath, [path, 'chat/echo', ...args], { env })).stdout
}

test.each(['openai/chat.ts', 'aiSdk/chat.ts', 'langchain/chat.ts'])(
  '%s streams a bought answer, and its tokens',
  async (example) => {
    const text = await printed(example)
    expect(text).toContain('You said: Who are you?\n')
    expect(text).toMatch(/\n\d+ tokens/)
    if (example !== 'langchain/chat.ts') expect(text).toMatch(/tokens for [1-9]\d* wei/)
  },
)

test('the AI SDK and LangChain have a tool called', async () => {
  expect(await printed('aiSdk/chat.ts', '--tools')).toContain('tool: {"said":"Chad"} -> "Chad is found"')
  expect(await printed('langchain/chat.ts', '--tools')).toContain('tool: look_up {"said":"Chad"}')
})
