import { startPostgres } from '../testing/startPostgres.ts'
import { followCase } from './follow.case.ts'

followCase(async () => {
  const { url, stop } = await startPostgres()
  // Each time the next one waits until the database believes that the killed one is dead: 25 seconds.
  return { databaseUrl: url, kills: [1_500], close: stop }
})
