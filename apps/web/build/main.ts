// Builds the dashboard unless it is built already, and says in which folder it is.
import { buildSite } from './buildSite.ts'

process.stdout.write(`${await buildSite()}\n`)
