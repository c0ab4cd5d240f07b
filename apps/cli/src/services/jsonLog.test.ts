import { BaseError } from '@stoa/protocol'
import { expect, test } from 'vitest'
import { jsonLog } from './jsonLog.ts'

test('one line each, with what a machine needs to sort and join them', () => {
  const lines: string[] = []
  const log = jsonLog('node', (line) => lines.push(line))
  log({ event: 'settled', hash: '0x12', paidWei: 2n ** 90n }, { requestId: 'r-1' })
  const error = new BaseError('No coin.', { code: 'NO_GAS_MONEY', hint: 'Send some.', retry: true })
  log({ event: 'settlement-failed', error })
  log({ type: 'internal-error', error: new Error('a\nb') })
  const [settled, failed, bug] = lines.map((line) => JSON.parse(line))
  expect(settled).toMatchObject({
    level: 'info',
    service: 'node',
    event: 'settled',
    requestId: 'r-1',
    paidWei: `${2n ** 90n}`,
  })
  expect(Number.isNaN(Date.parse(settled.time))).toBe(false)
  expect(failed).toMatchObject({ level: 'error', error: { code: 'NO_GAS_MONEY', hint: 'Send some.', retry: true } })
  expect(bug).toMatchObject({ event: 'internal-error', level: 'error', error: { code: 'BUG', message: 'a\nb' } })
  expect(lines.every((line) => !line.includes('\n'))).toBe(true)
})
