export { UnacceptableTermsError } from './readTerms.ts'
export { type SessionSigner, type StoaVoucherSchemeParameters, stoaVoucherScheme } from './stoaVoucherScheme.ts'
