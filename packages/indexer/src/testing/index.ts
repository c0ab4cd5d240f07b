export { digest, type Ledger, type LedgerHands, ledgerAt, openLedger } from './ledger.ts'
