export { digest, type Ledger, openLedger } from './ledger.ts'
