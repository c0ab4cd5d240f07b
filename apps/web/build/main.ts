// Builds the dashboard unless it is built already, and says in which folder it is.
import { buildSite } from './buildSite.ts'

// Whatever runs this, a test or a developer's shell, is none of the pages' business: Vite would take React's development build, half as large again, from it.
process.env.NODE_ENV = 'production'
process.stdout.write(`${await buildSite()}\n`)
