/** "To the end" for ONNX's Slice: beyond any length, and within the integers that the converter holds. */
export const TO_THE_END = 0x7fff_ffff
