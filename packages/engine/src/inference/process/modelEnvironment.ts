/** Where this user's cache is (what passed on this machine is remembered there), where node-llama-cpp is, and where code is kept compiled. */
const NAMES = ['HOME', 'XDG_CACHE_HOME', 'STOA_LLAMA_CPP', 'NODE_COMPILE_CACHE'] as const

/** What of this process's environment a model's process needs: names of folders, and nothing that may be a key. */
export const modelEnvironment = (): Record<string, string> =>
  Object.fromEntries(
    NAMES.flatMap((name) => {
      const value = process.env[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
