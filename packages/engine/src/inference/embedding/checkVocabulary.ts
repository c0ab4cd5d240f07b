import { openTextCodec } from '../../codec/index.ts'
import { InvalidModelError } from '../errors.ts'

/** The model itself needs no pieces; whoever buys from it does. Throws `InvalidModelError` for a `vocab.json` that buyers could not use. */
export async function checkVocabulary(path: string): Promise<void> {
  await openTextCodec({ file: 'vocab.json', path }).catch((cause) => {
    throw new InvalidModelError('embedding', 'vocab.json can not be used', cause)
  })
}
