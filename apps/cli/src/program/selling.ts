import { type Command, Option } from 'commander'
import { colours, count, features, share, tokens } from './readers.ts'
import type { Run } from './run.ts'

const UPSTREAMS = `
A server by URL needs no files: without a model id a card is published for it, and offered. Its answers are attested: signed by you, proved by nothing. Its key stays in its file.

Examples:
  $ stoa provide 6 --price 0.08 --unit token
  $ stoa provide --upstream http://127.0.0.1:11434/v1 --upstream-model llama3.2 --features tools --price 0.2 --unit token
  $ stoa provide --upstream http://127.0.0.1:11434/v1 --upstream-model nomic-embed-text --task embedding --price 0.02 --unit token
  $ stoa provide --upstream https://api.example.com/v1 --upstream-model big --upstream-key-file ~/key --price 9 --unit token`

/** What whoever has a model, a server or a machine does. */
export function addSelling(program: Command, run: Run): void {
  program.commandsGroup('To sell:')
  program
    .command('publish <folder>')
    .description('publish the model in a folder that has a card.json; you own it')
    .option('--owner-share <percent>', 'your share of what it earns wherever it is served', share, 30)
    .option('--resale-fee <percent>', 'your share when its token is sold on (ERC-2981)', share, 5)
    .action((folder: string, options) =>
      run(async (context) => (await import('../commands/publish.ts')).publish(context, folder, options)),
    )
  program
    .command('quantize <model>')
    .description(
      'turn a float .onnx network, or a Llama-like checkpoint, into an exact one: the same answers to the bit everywhere',
    )
    .requiredOption(
      '--calibrate <samples>',
      'folder of images of the size that the network takes, or of .npy files of float32; for a checkpoint a text file',
    )
    .option('--labels <file>', 'JSON: the class of each sample by its file name; accuracy is told before and after')
    .option(
      '--out <folder>',
      'where model.onnx, plan.json, report.json and report.svg go (default: <model>.exact); refused where they are there already',
    )
    .option('--force', 'write over files that are there from an earlier run')
    .option('--output <tensor>', 'end with this tensor instead: scores before a softmax, say')
    .option('--mean <r,g,b>', 'grey levels that are 0 to the network, plane by plane', colours, [
      127.5, 127.5, 127.5,
    ] as const)
    .option('--std <r,g,b>', 'grey levels that are 1 to the network, plane by plane', colours, [
      127.5, 127.5, 127.5,
    ] as const)
    .addOption(new Option('--planes <order>', 'order of the planes').choices(['rgb', 'bgr']).default('rgb'))
    .action((model: string, options) =>
      run(async (context) => (await import('../commands/quantize.ts')).quantize(context, model, options)),
    )
  program
    .command('provide [model-id]')
    .description('offer a published model from this node, or whatever a server by URL answers')
    .requiredOption('--price <amount>', 'token units per million units')
    .requiredOption('--unit <unit>', 'call, token (chat, embedding, generate), pixel (ocr) or byte (graph)')
    .option('--exposure <amount>', 'served to one payer before settlement or a lock', '0.05')
    .option('--slash-cap <amount>', 'stake that one wrong receipt can cost', '10')
    .option(
      '--retention <days>',
      'say in the offer that requests and answers are kept no longer, and keep to it',
      count,
    )
    .option(
      '--upstream <url>',
      'base URL of a server that answers: OpenAI-compatible (with /v1), or Open Inference Protocol',
    )
    .option('--upstream-model <name>', 'what the model is called there')
    .option('--upstream-key-file <file>', 'file that holds its key; read at each start')
    .addOption(
      new Option('--upstream-protocol <protocol>', 'asked of the server where left out').choices(['openai', 'oip']),
    )
    .addOption(
      new Option(
        '--task <task>',
        'without a model id: what an OpenAI-compatible server does; it is asked for one embedding, to know how many numbers that has',
      ).choices(['chat', 'embedding']),
    )
    .option('--name <name>', 'without a model id: what buyers call it (default: made of the name there)')
    .option('--title <words>', 'without a model id: for people')
    .option('--licence <licence>', 'without a model id: of the answers', 'see the server')
    .option(
      '--context <tokens>',
      'tokens that prompt and answer may have together, where the server does not say',
      tokens,
    )
    .option('--features <list>', 'what the server has, with commas: tools, json_schema, images', features)
    .addHelpText('after', UPSTREAMS)
    .action((modelId: string | undefined, options) =>
      run(async (context) => (await import('../commands/provide.ts')).provide(context, modelId, options)),
    )
  program
    .command('settle')
    .description('have the running provider settle all it is owed')
    .action(() => run(async (context) => (await import('../commands/settle.ts')).settle(context)))
}
