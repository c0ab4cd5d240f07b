import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { GlobalFonts } from '@napi-rs/canvas'

/** Faces that texts are rendered in: family name → file inside its npm package. */
const FACES = {
  'DejaVu Sans': 'dejavu-fonts-ttf/ttf/DejaVuSans.ttf',
  'DejaVu Sans Bold': 'dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf',
  'DejaVu Sans Mono': 'dejavu-fonts-ttf/ttf/DejaVuSansMono.ttf',
  'DejaVu Sans Condensed': 'dejavu-fonts-ttf/ttf/DejaVuSansCondensed.ttf',
  'DejaVu Serif': 'dejavu-fonts-ttf/ttf/DejaVuSerif.ttf',
  'DejaVu Serif Bold': 'dejavu-fonts-ttf/ttf/DejaVuSerif-Bold.ttf',
  'DejaVu Serif Italic': 'dejavu-fonts-ttf/ttf/DejaVuSerif-Italic.ttf',
  'Roboto Light': '@expo-google-fonts/roboto/300Light/Roboto_300Light.ttf',
  Roboto: '@expo-google-fonts/roboto/400Regular/Roboto_400Regular.ttf',
  'Roboto Italic': '@expo-google-fonts/roboto/400Regular_Italic/Roboto_400Regular_Italic.ttf',
  'Roboto Bold': '@expo-google-fonts/roboto/700Bold/Roboto_700Bold.ttf',
} as const

export type Face = keyof typeof FACES

export const FACE_NAMES = Object.keys(FACES) as [Face, ...Face[]]

/** Makes the faces known to the canvas under names of their own, so that no font of the machine can take their place. */
export function registerFonts(): void {
  const require = createRequire(import.meta.url)
  for (const [name, path] of Object.entries(FACES)) {
    const [scope = '', ...rest] = path.split('/')
    const packageName = scope.startsWith('@') ? `${scope}/${rest.shift()}` : scope
    const file = join(dirname(require.resolve(`${packageName}/package.json`)), ...rest)
    if (!GlobalFonts.registerFromPath(file, familyOf(name as Face))) throw new Error(`Font ${file} can't be read.`)
  }
}

/** The family name that a face is registered under. */
export function familyOf(face: Face): string {
  return `Stoa ${face}`
}
