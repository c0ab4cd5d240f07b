import { Hono } from 'hono'
import { client, graphql, type ReadonlyDrizzle } from 'ponder'
import * as schema from '../schema/index.ts'

/** What the index answers beside Ponder's own `/health`, `/ready` and `/status` (specs/index.md). */
export function api(db: ReadonlyDrizzle<typeof schema>): Hono {
  const app = new Hono()
  app.use('/sql/*', client({ db, schema }))
  app.use('/graphql', graphql({ db, schema }))
  return app
}
