import { type IndexSettings, SETTINGS_VARIABLE, settingsSchema } from './settings.ts'

/** What this process was told; throws `ZodError` where it was told nothing. */
export function readSettings(): IndexSettings {
  return settingsSchema.parse(JSON.parse(process.env[SETTINGS_VARIABLE] ?? 'null'))
}
