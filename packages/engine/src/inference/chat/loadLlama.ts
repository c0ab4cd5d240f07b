import { pathToFileURL } from 'node:url'
import { BaseError } from '@stoa/protocol'

/** The package, and the version that this was tried with. */
const PACKAGE = 'node-llama-cpp'
const VERSION = '3.22.1'

/** What of node-llama-cpp is used here. It is no dependency: with its binaries it is larger than all the rest, and few sell GGUF files. */
export type LlamaLibrary = {
  getLlama(options: object): Promise<Llama>
  LlamaChat: new (options: { contextSequence: LlamaSequence }) => LlamaChat
}
export type Llama = {
  loadModel(options: { modelPath: string }): Promise<LlamaModel>
  createGrammarForJsonSchema(schema: unknown): Promise<unknown>
  getGrammarFor(name: 'json'): Promise<unknown>
  dispose(): Promise<void>
}
export type LlamaModel = {
  readonly trainContextSize: number
  readonly tokenizer: unknown
  createContext(options: object): Promise<LlamaContext>
}
export type LlamaContext = { readonly contextSize: number; getSequence(): LlamaSequence }
export type LlamaSequence = { clearHistory(): Promise<void> }
export type LlamaTurn = { type: 'system' | 'user'; text: string } | { type: 'model'; response: string[] }
export type LlamaChat = {
  readonly chatWrapper: {
    generateContextState(state: { chatHistory: LlamaTurn[] }): {
      contextText: { tokenize(tokenizer: unknown): unknown[] }
    }
  }
  generateResponse(history: LlamaTurn[], options: object): Promise<{ metadata: { stopReason: string } }>
  dispose(): void
}

/** node-llama-cpp is optional and not there, or has no build for this platform. */
export class MissingLlamaError extends BaseError {
  override name = 'MissingLlamaError'
  constructor(cause: unknown) {
    super(`${PACKAGE} could not be loaded, which GGUF files need.`, {
      code: 'MISSING_LLAMA',
      details: (cause instanceof Error ? cause.message : String(cause)).split('\n', 1).join(''),
      hint: `Install it in a folder of its own: npm install --omit=optional ${PACKAGE}@${VERSION} @node-llama-cpp/${process.platform}-${process.arch}@${VERSION}, and name its dist/index.js in STOA_LLAMA_CPP. Or run a server for the file, and sell that: stoa provide --upstream.`,
      cause,
    })
  }
}

/** Loads the library: from where `STOA_LLAMA_CPP` says, else from beside this package. Throws `MissingLlamaError`. */
export async function loadLlama(from = process.env.STOA_LLAMA_CPP): Promise<LlamaLibrary> {
  try {
    // By a name that no bundler follows: most who run this have no such package.
    const name = from ? pathToFileURL(from).href : PACKAGE
    return await import(/* @vite-ignore */ name)
  } catch (cause) {
    throw new MissingLlamaError(cause)
  }
}
