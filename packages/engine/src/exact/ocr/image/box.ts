/** An upright rectangle in whole pixels: columns left ≤ x < right, rows top ≤ y < bottom. It may reach beyond the page. */
export type Box = { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number }

export const widthOf = ({ left, right }: Box): number => right - left
export const heightOf = ({ top, bottom }: Box): number => bottom - top
