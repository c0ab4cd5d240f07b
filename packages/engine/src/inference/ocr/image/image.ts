/** 8-bit RGB pixels, row-major, three bytes each. */
export type Image = { readonly width: number; readonly height: number; readonly data: Uint8Array }
