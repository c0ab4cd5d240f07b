import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { BaseError, inferRequest, type Tensor, tensorFromJson } from '@stoa/protocol'
import { z } from 'zod'
import { SAMPLE_IMAGE } from '../boot/buyFirstAnswer.ts'
import { CommandError } from '../errors.ts'
import { stripOf } from '../strips/stripOf.ts'

/** A call that a watcher may buy. */
export type WatchRequest = { readonly model: string; readonly request: readonly Tensor[] }

const fileSchema = inferRequest.pick({ inputs: true }).extend({ model: z.string().min(1) })

/**
 * Reads requests to buy from a file or a folder of `.json` files, each `{ "model", "inputs" }` as `POST /v2/models/<model>/infer` takes them. Throws `CommandError`
 * that names a file which is none.
 */
export async function readRequests(path: string): Promise<WatchRequest[]> {
  const found = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    throw new CommandError(`${path} can't be read: ${cause.code}.`, { hint: 'Give a JSON file, or a folder of them.' })
  })
  const files = found.isDirectory()
    ? (await readdir(path)).filter((name) => name.endsWith('.json')).map((name) => join(path, name))
    : [path]
  if (files.length === 0) throw new CommandError(`${path} holds no .json files.`, {})
  return Promise.all(files.sort().map(readRequest))
}

async function readRequest(file: string): Promise<WatchRequest> {
  try {
    const { model, inputs } = fileSchema.parse(JSON.parse(await readFile(file, 'utf8')))
    return { model, request: inputs.map(tensorFromJson) }
  } catch (error) {
    throw new CommandError(`${file} is no request.`, {
      details: error instanceof BaseError ? error.shortMessage : error instanceof Error ? error.message : String(error),
      hint: 'It must be { "model": name, "inputs": [{ "name", "shape", "datatype", "data" }] }.',
    })
  }
}

/** Lines of the bill that ships with Stoa, in its pixels: left, top, width, height. */
const LINES = [
  ...[
    [229, 84, 441, 36],
    [269, 124, 362, 28],
    [190, 180, 78, 28],
    [497, 180, 213, 28],
    [190, 236, 176, 30],
  ],
  ...[
    [656, 236, 54, 30],
    [190, 268, 181, 30],
    [190, 300, 163, 30],
    [190, 394, 160, 36],
    [608, 392, 112, 38],
    [222, 485, 455, 28],
  ],
] as const

/** Requests for the judged model that ships with Stoa: lines of a bill. */
export function builtInRequests(): Promise<WatchRequest[]> {
  return Promise.all(
    LINES.map(async ([left = 0, top = 0, width = 0, height = 0]) => {
      return { model: 'stoa/line', request: [await stripOf(SAMPLE_IMAGE, { left, top, width, height })] }
    }),
  )
}
