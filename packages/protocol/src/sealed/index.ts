export {
  openSeal,
  SEALED_HEADER,
  SEALED_MEDIA_TYPE,
  SealBrokenError,
  type SealContext,
  type SealedAnswer,
  sealRequest,
} from './sealed.ts'
