// What a second endpoint on the same machine needs to be as careful as this one: the dashboard's server stands before the gateway.
export { GatewayError } from './errors.ts'
export type { Env } from './http/context.ts'
export { errorResponse } from './http/errorResponse.ts'
export { guard, type HttpAccess, requireKnownHost } from './http/guard.ts'
export { readJson } from './http/readJson.ts'
export { type Listening, listen } from './listen.ts'
