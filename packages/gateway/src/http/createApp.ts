import { BaseError } from '@stoa/protocol'
import { type Handler, Hono } from 'hono'
import { cors } from 'hono/cors'
import { GatewayError } from '../errors.ts'
import { bodyBudget } from './bodyBudget.ts'
import { chatCompletions } from './chat/chatCompletions.ts'
import type { Env, HttpContext } from './context.ts'
import { listDisputes } from './disputes.ts'
import { embeddings } from './embeddings/embeddings.ts'
import { errorResponse } from './errorResponse.ts'
import { completions } from './generation/completions.ts'
import { guard, type HttpAccess } from './guard.ts'
import { createKey, listKeys, onlyWhatKeysMay, ownKey, revokeKey, updateKey } from './keys.ts'
import { listModels, retrieveModel } from './models.ts'
import { infer } from './oip/infer.ts'
import { modelReady } from './oip/modelReady.ts'
import { listReceipts, retrieveReceipt } from './receipts.ts'
import { requestIds } from './requestIds.ts'

/** The endpoint of specs/gateway-http.md, as an app that a server or a test can call. */
export function createApp(context: HttpContext, access: HttpAccess): Hono<Env> {
  const app = new Hono<Env>()
  app.onError((error) => {
    if (!(error instanceof BaseError) && !isAbort(error)) context.logger({ type: 'internal-error', error })
    return errorResponse(error)
  })
  app.notFound((c) => errorResponse(new NoSuchPathError(c.req.method, c.req.path)))
  if (context.requests) app.use(requestIds(context.requests, context.logger))
  const { allowedOrigins = [] } = access
  if (allowedOrigins.length > 0) app.use(cors({ origin: [...allowedOrigins] }))
  app.use(guard(access, context.keys))
  app.use(onlyWhatKeysMay)
  app.on(['POST', 'PATCH'], '/*', bodyBudget(context.limits))
  /** A handler whose calls are paid from the budgets of whoever asks. */
  const paying =
    (handler: (context: HttpContext) => Handler<Env>): Handler<Env> =>
    (c, next) =>
      handler(payingFrom(context, c.get('key')))(c, next)
  app.get('/health', (c) => {
    const { problems } = context.status()
    return c.json({ status: problems.length === 0 ? 'ok' : 'failing', problems }, problems.length === 0 ? 200 : 503)
  })
  app.get('/v1/status', (c) => c.json(JSON.parse(JSON.stringify(context.status(), bigintsAsText))))
  app.get('/v1/models', listModels(context))
  app.get('/v1/models/:model{.+}', retrieveModel(context))
  app.post('/v1/embeddings', paying(embeddings))
  app.post('/v1/chat/completions', paying(chatCompletions))
  app.post('/v1/completions', paying(completions))
  app.get('/v2/models/:model{.+}/ready', modelReady(context))
  app.post('/v2/models/:model{.+}/infer', paying(infer))
  app.get('/v1/receipts', listReceipts(context))
  app.get('/v1/disputes', listDisputes(context))
  app.get('/v1/receipts/:digest', retrieveReceipt(context))
  app.get('/v1/keys', listKeys(context))
  app.post('/v1/keys', createKey(context))
  app.patch('/v1/keys/:id', updateKey(context))
  app.delete('/v1/keys/:id', revokeKey(context))
  app.get('/v1/key', ownKey(context))
  return app
}

function payingFrom(context: HttpContext, key: string | undefined): HttpContext {
  if (key === undefined) return context
  return { ...context, infer: (parameters) => context.infer({ ...parameters, callerKey: key }) }
}

function isAbort(error: Error): boolean {
  return error.name === 'AbortError'
}

function bigintsAsText(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}

class NoSuchPathError extends GatewayError {
  override name = 'NoSuchPathError'
  constructor(method: string, path: string) {
    super(`There is no ${method} ${path.slice(0, 200)} here.`, {
      code: 'NOT_FOUND',
      status: 404,
      hint: 'specs/gateway-http.md lists what there is; the base URL ends in /v1.',
    })
  }
}
