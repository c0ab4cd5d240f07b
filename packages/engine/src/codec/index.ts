export { CodecClosedError, CodecCrashedError } from './errors.ts'
export { type OpenTextCodecParameters, openTextCodec } from './openTextCodec.ts'
export { type OpenTextCodecOptions, openTextCodecInWorker } from './openTextCodecInWorker.ts'
export type { TextCodec, TextToEncode } from './textCodec.ts'
