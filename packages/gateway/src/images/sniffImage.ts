/** Image types that the gateway reads, as sharp calls them. */
export const IMAGE_TYPES = ['png', 'jpeg', 'webp', 'gif', 'tiff'] as const
export type ImageType = (typeof IMAGE_TYPES)[number]

/** Signatures at the start of files; `..` is any byte. Sources: PNG, JFIF, WebP container, GIF89a and TIFF 6.0 specifications. */
const SIGNATURES: readonly (readonly [ImageType, string])[] = [
  ['png', '89504e470d0a1a0a'],
  ['jpeg', 'ffd8ff'],
  ['webp', '52494646........57454250'],
  ['gif', '474946383761'],
  ['gif', '474946383961'],
  ['tiff', '49492a00'],
  ['tiff', '4d4d002a'],
]

/** What the bytes say they are, whatever their label says; undefined for anything that the gateway does not read. */
export function sniffImage(bytes: Uint8Array): ImageType | undefined {
  const start = Buffer.from(bytes.subarray(0, 12)).toString('hex')
  return SIGNATURES.find(([, signature]) => new RegExp(`^${signature}`).test(start))?.[0]
}
