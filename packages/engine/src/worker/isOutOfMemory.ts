/** What native code and JavaScript say when they got no memory: C++, ONNX Runtime's arenas, V8. */
const WORDS = /bad_alloc|BFCArena|failed to allocate memory|array buffer allocation failed/i

/**
 * Whether something failed for want of memory. Who goes on after that is of little use: ONNX Runtime's arena, refused 64 GiB, next takes
 * all that it can get for whatever it is asked, and leaves nothing for the rest of the process.
 */
export function isOutOfMemory(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return WORDS.test(error.message) || isOutOfMemory(error.cause)
}
