export { keccak256 } from '#keccak256'
export { sha256 } from '#sha256'
export {
  formatAmount,
  formatUnitsExact,
  InvalidAmountError,
  parseAmount,
  type TokenUnits,
} from './amounts/tokenAmount.ts'
export { FORMULAS_FILE, judgedProfile, profileOfCard } from './cards/judgedProfile.ts'
export {
  encodeModelCard,
  InvalidCardError,
  MAX_CARD_BYTES,
  type ModelCard,
  modelCardSchema,
  parseModelCard,
} from './cards/modelCard.ts'
export {
  encodeOfferTerms,
  InvalidTermsError,
  MAX_TERMS_BYTES,
  type OfferTerms,
  parseOfferTerms,
} from './cards/offerTerms.ts'
export {
  CHAT_FINISHES,
  type ChatAnswer,
  type ChatDelta,
  type ChatFinish,
  type ChatToolCall,
  type ChatUsage,
  chatBounds,
  chatDeltaSchema,
  chatUsage,
  decodeChatDeltas,
  encodeChatAnswer,
  encodeChatDelta,
  joinChatDeltas,
  readChatAnswer,
  TEMPLATE_TOKENS,
} from './chat/chatAnswer.ts'
export {
  CHAT_FEATURES,
  type ChatFeature,
  type ChatRequest,
  encodeChatRequest,
  featuresNeeded,
  MAX_CHAT_BYTES,
  MAX_CHAT_TOKENS,
  readChatRequest,
} from './chat/chatRequest.ts'
export { type BundleFile, bundleDigest, fileDigest, InvalidBundleError } from './digests/bundleDigest.ts'
export { LEAF_BYTES, type MerkleState, merkleRoot, merkleState } from './digests/merkleRoot.ts'
export { digestTree, type MerkleTree, merkleTree, nodeTree } from './digests/merkleTree.ts'
export { traceRoot } from './digests/traceRoot.ts'
export { PHASES } from './disputes/phases.ts'
export {
  encodeTextEmbeddingAnswer,
  encodeTextEmbeddingRequest,
  isTextEmbedding,
  MAX_EMBEDDED_BYTES,
  MAX_EMBEDDED_NUMBERS,
  MAX_EMBEDDED_TEXTS,
  readTextEmbeddingAnswer,
  readTextEmbeddingRequest,
  type TextEmbeddingAnswer,
  type TextEmbeddingRequest,
  textDimensions,
  textEmbeddingBound,
} from './embedding/textEmbedding.ts'
export { BaseError, type BaseErrorOptions } from './errors.ts'
export {
  decodeGenerationFile,
  encodeGenerationFile,
  GENERATION_FILE,
  type GenerationFile,
  InvalidGenerationFileError,
  MAX_GENERATION_BYTES,
} from './generation/generationFile.ts'
export { type Address, bytesToHex, type Hex, hexToBytes, InvalidHexError } from './hex.ts'
export { chargedUnits, chargeFor, UNITS_PER_PRICE, type UnitBounds, unitsOfRequest } from './market/chargeFor.ts'
export { directLaneOf, FIRST_DIRECT_LANE, isDirectLane } from './market/directLane.ts'
export { type Offer, PROOF_KINDS, type ProofKind, UNITS, type Unit } from './market/offer.ts'
export { type Proof, proofOf } from './market/proofOf.ts'
export { UNITS_OF_TASK } from './market/unitsOfTask.ts'
export { DOMAIN_NAME, DOMAIN_VERSION, type Domain, domainSeparator } from './messages/eip712.ts'
export { LANE_QUERY_TYPE, type LaneQuery, laneQueryDigest } from './messages/laneQuery.ts'
export { RECEIPT_TYPE, RECEIPT_VERSION, type Receipt, receiptDigest } from './messages/receipt.ts'
export { VOUCHER_TYPE, type Voucher, voucherDigest } from './messages/voucher.ts'
export {
  datatypeOf,
  type InferRequest,
  InvalidTensorJsonError,
  inferRequest,
  type JsonTensor,
  outputsOf,
  tensorFromJson,
  tensorToJson,
} from './oip/tensorJson.ts'
export { type OutsideProblem, type OutsideRead, readOutside, readOutsideJson } from './outside/readOutside.ts'
export { decodeTensors } from './tensors/decodeTensors.ts'
export {
  encodeHeader as encodeTensorHeader,
  encodeTensors,
  MAX_TENSORS,
  TENSORS_MEDIA_TYPE,
} from './tensors/encodeTensors.ts'
export {
  assertTensor,
  DTYPE_BYTES,
  DTYPES,
  type DType,
  findTensor,
  InvalidTensorError,
  MAX_RANK,
  type Tensor,
  type TypedArrayOf,
  tensorOf,
  textTensor,
  valuesOf,
} from './tensors/tensor.ts'
export { tensorDigest, tensorDigestOf, tensorsDigest } from './tensors/tensorsDigest.ts'
export { fromBase64Url, MalformedMessageError, toBase64Url } from './wire/bytes.ts'
export { WIRE_CODES, type WireCode } from './wire/codes.ts'
export { decodeLoad, encodeLoad, LOAD_HEADER, type Load } from './wire/loadHeader.ts'
export {
  decodeReceiptHeader,
  encodeReceiptHeader,
  packReceipt,
  RECEIPT_BYTES,
  RECEIPT_HEADER,
  type SignedReceipt,
  unpackReceipt,
} from './wire/receiptHeader.ts'
export { REQUEST_ID_HEADER, requestIdOf } from './wire/requestId.ts'
export { serverEvents } from './wire/serverEvents.ts'
export { encodeFrame, FRAMES, type Frame, type FrameKind, readFrames, STREAM_MEDIA_TYPE } from './wire/streamFrames.ts'
export { decodeVoucherHeader, encodeVoucherHeader, type SignedVoucher, VOUCHER_HEADER } from './wire/voucherHeader.ts'
