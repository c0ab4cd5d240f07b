import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import type { Model } from '../../data/models.ts'
import { snippetsFor } from './snippets.ts'

const SELLER = `0x${'ab'.repeat(20)}`
const model = (id: string, task: Model['stoa']['task']) =>
  ({ id, stoa: { task, offers: [{ provider: SELLER }] } }) as unknown as Model
const node = { url: 'http://127.0.0.1:4701', provider: SELLER.toUpperCase().replace('0X', '0x') }
const codeOf = (models: Model[], key: string) =>
  snippetsFor({ gatewayUrl: 'http://127.0.0.1:4700', models, node, isLocal: true }).find((each) => each.key === key)
    ?.code ?? ''

it('calls a model that generates text where there is one, else one that embeds, else lists', () => {
  expect(codeOf([model('a', 'embedding'), model('b', 'generate')], 'python')).toContain('model="b"')
  expect(codeOf([model('c', 'ocr'), model('a', 'embedding')], 'python')).toContain('model="a"')
  expect(codeOf([], 'curl')).toBe('curl http://127.0.0.1:4700/v1/models')
})

it('says one thing to a shell, whatever a model is called', () => {
  const name = `x'; touch /tmp/owned; echo '"\\$(id)`
  const code = codeOf([model(name, 'generate')], 'curl').replace(/^curl/, 'printf "%s\\n"')
  const words = execFileSync('sh', ['-c', code], { encoding: 'utf8' }).trim().split('\n')
  expect(words).toHaveLength(5)
  expect(JSON.parse(words[4] ?? '')).toMatchObject({ model: name })
})

it('buys without a gateway what the home’s own node embeds', () => {
  expect(codeOf([model('a/b', 'embedding')], 'x402')).toContain('"http://127.0.0.1:4701/v2/models/a%2Fb/infer"')
  expect(codeOf([model('b', 'generate')], 'x402')).toBe('')
})
