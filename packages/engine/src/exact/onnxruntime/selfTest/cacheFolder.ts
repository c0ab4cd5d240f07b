import { homedir } from 'node:os'
import { join } from 'node:path'

/** This user's own folder for what can be found out again (XDG Base Directory Specification). */
export const cacheFolder = (): string =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'stoa', 'self-tests')
