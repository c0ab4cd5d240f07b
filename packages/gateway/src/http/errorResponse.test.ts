import { BaseError, InvalidTensorError } from '@stoa/protocol'
import { expect, it } from 'vitest'
import { NoProviderError, UnknownModelError } from '../errors.ts'
import { errorResponse } from './errorResponse.ts'

it('says what happened and what to do, as OpenAI lays it out', async () => {
  const response = errorResponse(new UnknownModelError('gpt', ['stoa/ocr']))
  expect(response.status).toBe(404)
  expect(await response.json()).toMatchInlineSnapshot(`
    {
      "error": {
        "code": "model_not_found",
        "message": "No provider offers the model "gpt".
    On offer now: stoa/ocr.
    GET /v1/models lists what can be bought.",
        "param": "model",
        "type": "invalid_request_error",
      },
    }
  `)
})

it('invites to try again only where that is right', () => {
  const retry = errorResponse(new NoProviderError('m', [])).headers
  expect([retry.get('x-should-retry'), retry.get('retry-after')]).toEqual(['true', '2'])
  expect(errorResponse(new InvalidTensorError('x')).status).toBe(400)
  expect(errorResponse(new BaseError('x')).headers.get('x-should-retry')).toBe('false')
})

it('keeps the words of a bug inside', async () => {
  const response = errorResponse(new TypeError('secret path'))
  expect(response.status).toBe(500)
  expect(await response.text()).not.toContain('secret')
})
