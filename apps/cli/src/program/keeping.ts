import type { Command } from 'commander'
import type { Run } from './run.ts'

/** Keys, and copies of all that a home has. */
export function addKeeping(program: Command, run: Run): void {
  program.commandsGroup('To keep:')
  const ring = program
    .command('accounts')
    .description('the public half of every key of the home; makes them where there are none')
    .action(() => run(async (context) => (await import('../commands/accounts.ts')).accounts(context)))
  ring
    .command('rotate <key>')
    .description('give the role of a hot key (session, signer, settlement, endpoint) to a new one')
    .action((key: string) => run(async (context) => (await import('../commands/rotate.ts')).rotate(context, key)))
  ring
    .command('password')
    .description('encrypt every key anew with STOA_NEW_PASSWORD')
    .action(() => run(async (context) => (await import('../commands/password.ts')).password(context)))
  program
    .command('backup <folder>')
    .description('copy the home, which must not run, into a new folder: configuration, keystores, stores, models')
    .option('--password', 'the password file too: then whoever has the backup has the keys', false)
    .action((folder: string, options) =>
      run(async (context) => (await import('../commands/backup.ts')).backup(context, folder, options)),
    )
  program
    .command('restore <folder>')
    .description('make a home of a backup')
    .action((folder: string) =>
      run(async (context) => (await import('../commands/backup.ts')).restore(context, folder)),
    )
}
