import { Command } from 'commander'
import packageJson from '../package.json' with { type: 'json' }
import { type GlobalOptions, openContext } from './commands/context.ts'
import { EXIT, exitCodeOf } from './errors.ts'
import { asStarted } from './output/asStarted.ts'
import { createPrinter } from './output/printer.ts'
import { addBuying } from './program/buying.ts'
import { addKeeping } from './program/keeping.ts'
import { addMachine } from './program/machine.ts'
import { addNetwork } from './program/network.ts'
import type { Run } from './program/run.ts'
import { addSelling } from './program/selling.ts'
import { addService } from './program/service.ts'

const program = new Command('stoa')
  .description('An open economy for machine intelligence: buy and sell answers that are signed, paid for and shared.')
  .version(packageJson.version)
  .option('--home <folder>', 'folder that keeps everything (default: STOA_HOME, else ~/.stoa)')
  .option('--json', 'one line of JSON instead of words')
  .addHelpText(
    'after',
    `
Examples:
  $ stoa up                              everything on this machine, and a first answer bought
  $ stoa infer --image bill.png          the text in an image
  $ stoa infer --text "Good morning"     512 numbers that mean it
  $ stoa infer --prompt "Who are you?"   what a language model says
  $ stoa publish ./my-model && stoa provide 3 --price 0.02 --unit byte

Exit codes: 0 done · 1 failed · 2 wrong usage · 3 not possible now, try again
Keys are in encrypted keystores under the home; STOA_PASSWORD opens them if it is set, else the password file beside them.`,
  )
  .configureOutput({
    writeOut: (text) => void process.stdout.write(asStarted(text)),
    writeErr: (text) => void process.stderr.write(asStarted(text)),
  })
  .exitOverride((error) => process.exit(error.exitCode === 0 ? EXIT.ok : EXIT.usage))

const run: Run = async (work) => {
  const options = program.opts<GlobalOptions>()
  try {
    await work(await openContext(options))
  } catch (error) {
    createPrinter({ json: options.json ?? false }).failure(error)
    process.exitCode = exitCodeOf(error)
  }
}

for (const add of [addMachine, addBuying, addSelling, addNetwork, addKeeping]) add(program, run)
addService(program)

// A reader that has seen enough (`stoa receipts | head`) is no fault: what it leaves unread goes nowhere.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

await program.parseAsync()
