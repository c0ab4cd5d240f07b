import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { JUDGED_TASKS } from '@stoa/engine/dispute'
import { FORMULAS_FILE, InvalidCardError, type ModelCard, modelCardSchema, readOutsideJson } from '@stoa/protocol'
import { diskBlobStore } from '@stoa/storage'
import { z } from 'zod'
import { CommandError } from '../errors.ts'
import { roleClient } from '../home/clients.ts'
import { checkFormulas } from '../market/checkFormulas.ts'
import { publishBundle } from '../market/publishBundle.ts'
import { asStarted } from '../output/asStarted.ts'
import { type Context, requireConfig } from './context.ts'

export type PublishOptions = { ownerShare: number; resaleFee: number }

/** A card as an author writes it: the files by name; sizes and digests are computed. */
const draftSchema = modelCardSchema.omit({ stoa: true, files: true }).extend({ files: z.array(z.string()).min(1) })

/** Publishes the model in a folder that has a card.json, with this home's owner account as its owner. */
export async function publish({ home, printer }: Context, folder: string, options: PublishOptions): Promise<void> {
  const config = await requireConfig(home)
  const { files, ...card } = await readDraft(join(folder, 'card.json'))
  tellUnjudged(printer, card, files)
  await checkFormulas(folder, card, files)
  const client = await roleClient(home, config, 'owner')
  const published = await printer.step(
    'publish',
    async () =>
      publishBundle(client, {
        deployment: config.deployment,
        blobs: await diskBlobStore({ folder: home.blobs }),
        folder,
        files,
        card,
        ownerSharePpm: Math.round(options.ownerShare * 10_000),
        resaleFeeBps: Math.round(options.resaleFee * 100),
      }),
    ({ bytes }) => `${(bytes / 1e6).toFixed(1)} MB`,
  )
  printer.result(
    published,
    asStarted(`Published ${card.name} as model ${published.modelId}. Offer it: stoa provide ${published.modelId}`),
  )
}

/** Says so where a judged task has no formulas. */
function tellUnjudged(
  printer: Context['printer'],
  { task, profile }: Pick<ModelCard, 'task' | 'profile'>,
  files: readonly string[],
): void {
  if (!profile || files.includes(FORMULAS_FILE) || !JUDGED_TASKS.some((each) => each === task)) return
  printer.say(
    asStarted(
      `Without ${FORMULAS_FILE} no contract can judge this model: "stoa quantize" writes it, and formulasOfModel of @stoa/engine/inference makes it of any exact model's .onnx files. Publishing all the same.`,
    ),
  )
}

async function readDraft(file: string): Promise<z.infer<typeof draftSchema>> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new CommandError(`${file} can't be read.`, {
      code: 'UNREADABLE_FILE',
      hint: 'Put a card.json beside the model files; specs/model-card.md says what it holds, with "files" a list of names.',
      cause,
    })
  })
  const result = readOutsideJson(draftSchema, text, 'It')
  if (!result.success) throw new InvalidCardError(result.words)
  return result.data
}
