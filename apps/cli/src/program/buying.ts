import { type Command, Option } from 'commander'
import { count, percents, rules, seed, temperature } from './readers.ts'
import type { Run } from './run.ts'

const WATCHING = `
A watcher has accounts of its own, in the folder "watch" of the home: one pays for calls, one holds bonds and gas for disputes. On a local chain they
are funded by themselves; elsewhere the command says what they need. It asks any seller whose answers a contract judges, through an ordinary gateway, so
that nothing tells it from a customer. Of a convicted seller's slash, less what burns, the payer gets its charge and half of the rest, the disputer the other
half: both are the watcher. A bond is lost only if the answer was right after all, or the watcher stops playing: keep it running while disputes are open.

Examples:
  $ stoa watch                                 24 calls a day for at most 0.1
  $ stoa watch --requests ./mine --per-day 200 --budget 2
  $ stoa watch --calls 5 --json                five calls now, what they showed as one line of JSON`

/** What whoever pays for answers does. */
export function addBuying(program: Command, run: Run): void {
  program.commandsGroup('To buy:')
  program
    .command('models')
    .description('what can be bought, and for how much')
    .action(() => run(async (context) => (await import('../commands/models.ts')).models(context)))
  program
    .command('infer')
    .description('buy one answer through the running gateway')
    .addOption(new Option('--image <file>', 'read the text in an image').conflicts(['text', 'prompt']))
    .addOption(new Option('--text <text>', 'embed a text').conflicts('prompt'))
    .option('--prompt <text>', 'have a text generated')
    .option('--max-tokens <n>', 'of a generated text, at most', count)
    .option('--temperature <t>', '0 for the likeliest words, 1 by default', temperature)
    .option('--seed <n>', 'the same seed, the same text', seed)
    .option('--model <name>', 'another model than stoa/ocr, stoa/embed-en or stoa/scribe')
    .action((options, command: Command) => {
      if (options.image === undefined && options.text === undefined && options.prompt === undefined)
        command.error('error: give --image <file>, --text <text> or --prompt <text>')
      return run(async (context) => (await import('../commands/infer.ts')).infer(context, options))
    })
  program
    .command('deposit <amount>')
    .description('add to the deposit that pays every provider, in token units')
    .action((amount: string) =>
      run(async (context) => (await import('../commands/deposit.ts')).deposit(context, amount)),
    )
  program
    .command('withdraw [amount]')
    .description('announce a withdrawal; without an amount, pay out the announced one')
    .option('--to <address>', 'another account than the one that deposited')
    .option('--cancel', 'take back the announced one')
    .action((amount: string | undefined, options) =>
      run(async (context) => (await import('../commands/withdraw.ts')).withdraw(context, amount, options)),
    )
  program
    .command('receipts [digest]')
    .description('receipts that the gateway keeps, newest first; or one of them whole')
    .option('--limit <n>', 'how many', count, 20)
    .action((digest: string | undefined, { limit }) =>
      run(async (context) => (await import('../commands/receipts.ts')).receipts(context, digest, limit)),
    )
  const key = program.command('key').description('keys for callers of the gateway, each with budgets of its own')
  key
    .command('add <name>')
    .description('make a key; it is shown once')
    .option('--per-call <amount>', 'most that one call may cost, in token units')
    .option('--per-day <amount>', 'most for the calls of a UTC day')
    .option('--total <amount>', 'most for all its calls')
    .option('--alert-at <percents>', 'when to tell that a budget is spent so far (default: 50,80,100)', percents)
    .option('--rules <json>', 'which offers it may buy from, as in specs/routing.md', rules)
    .action((name: string, options) =>
      run(async (context) => (await import('../commands/keys.ts')).addKey(context, name, options)),
    )
  key
    .command('list')
    .description('keys, and what they spent')
    .action(() => run(async (context) => (await import('../commands/keys.ts')).listKeys(context)))
  key
    .command('revoke <id>')
    .description('refuse its next call')
    .action((id: string) => run(async (context) => (await import('../commands/keys.ts')).revokeKey(context, id)))
  program
    .command('watch')
    .description('buy calls as a customer, compute each again, and dispute what is wrong for the reward')
    .option(
      '--requests <path>',
      'file, or folder of them: { "model", "inputs" } as .json, pictures, lines of text as .txt (default: things to ask the shipped models)',
    )
    .option('--per-day <n>', 'calls a day on average, at random times', count, 24)
    .option('--budget <amount>', 'most that the calls of a day may cost, in token units', '0.1')
    .option(
      '--calls <n>',
      'make so many calls at once, and end when the disputes that follow from them are over',
      count,
    )
    .addHelpText('after', WATCHING)
    .action(({ calls = 0, ...options }) =>
      run(async (context) => (await import('../commands/watch.ts')).watch(context, { ...options, calls })),
    )
}
