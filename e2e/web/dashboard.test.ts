// The dashboard on one economy, started once for all of these: no case needs another, nor an order among them.
import { afterAll, beforeAll } from 'vitest'
import { type Dashboard, openDashboard, START_TIMEOUT } from './dashboard.ts'
import { figureCases } from './figures.case.ts'
import { habitCases } from './habits.case.ts'
import { hostileCases } from './hostile.case.ts'
import { ledgerCases } from './ledger.case.ts'
import { mainJobCases } from './mainJob.case.ts'
import { pageCases } from './pages.case.ts'
import { playgroundCases } from './playground.case.ts'
import { provideCases } from './provide.case.ts'
import { provideServerCases } from './provideServer.case.ts'
import { scaleCases } from './scale.case.ts'
import { walletCases } from './wallet.case.ts'

let dashboard: Dashboard

beforeAll(async () => {
  dashboard = await openDashboard()
}, START_TIMEOUT)
afterAll(() => dashboard?.close())

const CASES = [
  ...[mainJobCases, pageCases, habitCases, figureCases, playgroundCases, walletCases, ledgerCases],
  ...[provideCases, provideServerCases, scaleCases, hostileCases],
]
for (const cases of CASES) cases(() => dashboard)
