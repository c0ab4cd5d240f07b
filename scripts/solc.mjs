#!/usr/bin/env node
// The Solidity compiler as forge expects to find one: a native `solc` that answers `--version` and, for any other
// arguments, reads standard JSON on stdin. The compiler itself is the JavaScript build from npm, so that no binary
// has to be fetched from anywhere and every machine compiles with the same one. A plain .mjs file because forge
// starts it with whatever `node` is on PATH, which may be too old to strip types.
import { readFileSync } from 'node:fs'
import solc from 'solc'

if (process.argv.includes('--version')) {
  console.log(`solc, the solidity compiler commandline interface\nVersion: ${solc.version()}`)
} else {
  // forge passes imports inline, so a compilation that asks for a file is a bug: no import callback.
  process.stdout.write(solc.compile(readFileSync(0, 'utf8')))
}
