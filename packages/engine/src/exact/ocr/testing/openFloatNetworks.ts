import { ocrFiles } from '../../../inference/ocr/testing/ocrFiles.ts'
import { openFloatNetworks as open } from '../../../quantize/ocr/openFloatNetworks.ts'

/** The float networks of PP-OCRv4 that the npm package holds, as the exact steps see networks. */
export const openFloatNetworks = () => open(ocrFiles())
