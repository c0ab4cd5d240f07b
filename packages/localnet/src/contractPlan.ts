import { type Address, type Hex, judgedProfile } from '@stoa/protocol'
import {
  embeddingStagesAbi,
  escrowAbi,
  formulasAbi,
  generateStagesAbi,
  graphArbiterAbi,
  graphProofsAbi,
  modelRegistryAbi,
  ocrStagesAbi,
  offerPaymentsAbi,
  pageStepsAbi,
  providerRegistryAbi,
  revenueSinkAbi,
  smallModelsAbi,
  stageBookAbi,
  stoaUsdAbi,
  textStepsAbi,
} from '@stoa/protocol/abi'
import {
  embeddingStagesBytecode,
  escrowBytecode,
  formulasBytecode,
  generateStagesBytecode,
  graphArbiterBytecode,
  graphProofsBytecode,
  modelRegistryBytecode,
  ocrStagesBytecode,
  offerPaymentsBytecode,
  pageStepsBytecode,
  providerRegistryBytecode,
  revenueSinkBytecode,
  smallModelsBytecode,
  stageBookBytecode,
  stoaUsdBytecode,
  textStepsBytecode,
} from '@stoa/protocol/bytecode'
import type { Deployment } from '@stoa/sdk'
import { encodeDeployData, getContractAddress, keccak256, stringToHex } from 'viem'
import { privateKeyToAddress } from 'viem/accounts'
import { DEVELOPMENT_KEYS } from './developmentKeys.ts'
import { TokenNeededError } from './errors.ts'

export const LOCAL_CHAIN_ID = 31_337

/** The deterministic deployment proxy: takes salt ‖ creation code, answers with CREATE2. The same address on every chain that has it. */
export const CREATE2_FACTORY: Address = '0x4e59b44847b379578588920ca78fbf26c0b4956c'

/** One per release, so that another release's contracts live beside these even where their code is the same. */
export const SALT = keccak256(stringToHex('stoa 0.1.0'))

/** Composed tasks that are judged, in the order of the contracts that derive their stages. */
const STAGED_TASKS = ['generate', 'embedding', 'ocr'] as const

const DAY = 86_400
/** Half of every slash burns, so that convicting oneself through a second account costs half. */
const BURN_PPM = 500_000
/** Of a bond that is lost a fifth burns, so that it pays nobody to lose to himself. */
const BOND_BURN_PPM = 200_000
/** What an honest seller may have to spend on a game in gas, generously, in wei of a 6-decimal dollar (docs/security.md). */
const BOND = 2_000_000n

/** What the addresses depend on, besides the contracts' code. Times in seconds. */
export type DeploymentTerms = {
  /** ERC-20 for stake and deposits. On chain 31337, and only there, a test dollar is made when none is given. */
  token?: Address
  /** Who mints that test dollar; the first of `DEVELOPMENT_KEYS`. */
  minter?: Address
  /** 2 days. */
  withdrawalDelay?: number
  /** 1 day. */
  maxVoucherValidity?: number
  /** 14 days. */
  unbondingPeriod?: number
  /** Share of every slash that burns; 500,000 parts per million. */
  burnPpm?: number
  /** How long after its receipt an answer can be challenged: 3 days. */
  challengeWindow?: number
  /** Time that each side of a dispute has for all its moves: 2 days. */
  disputeClock?: number
  /** Wei of the stake token that a challenger posts; 2 dollars of 6 decimals. */
  bond?: bigint
}

export type PlannedContract = {
  name:
    | Exclude<keyof Deployment, 'chainId'>
    | 'formulas'
    | 'graphProofs'
    | 'generateStages'
    | 'embeddingStages'
    | 'textSteps'
    | 'pageSteps'
    | 'ocrStages'
    | 'stageBook'
  address: Address
  initCode: Hex
}

/** What to deploy, in order, and where that puts everything. Throws `TokenNeededError`. */
export function contractPlan(
  chainId: number,
  terms: DeploymentTerms = {},
): { deployment: Deployment; contracts: PlannedContract[] } {
  const { withdrawalDelay = 2 * DAY, maxVoucherValidity = DAY, unbondingPeriod = 14 * DAY, burnPpm = BURN_PPM } = terms
  const contracts: PlannedContract[] = []
  const plan = (name: PlannedContract['name'], initCode: Hex): Address => {
    const address = getContractAddress({ opcode: 'CREATE2', from: CREATE2_FACTORY, salt: SALT, bytecode: initCode })
    contracts.push({ name, address, initCode })
    return address
  }
  const testDollar = () => {
    if (chainId !== LOCAL_CHAIN_ID) throw new TokenNeededError(chainId)
    const args = [terms.minter ?? privateKeyToAddress(DEVELOPMENT_KEYS[0])] as const
    return plan('token', encodeDeployData({ abi: stoaUsdAbi, bytecode: stoaUsdBytecode, args }))
  }
  const token = terms.token ?? testDollar()
  const modelRegistry = plan(
    'modelRegistry',
    encodeDeployData({ abi: modelRegistryAbi, bytecode: modelRegistryBytecode }),
  )
  const providerRegistry = plan(
    'providerRegistry',
    encodeDeployData({
      abi: providerRegistryAbi,
      bytecode: providerRegistryBytecode,
      args: [token, modelRegistry, unbondingPeriod, burnPpm],
    }),
  )
  const escrow = plan(
    'escrow',
    encodeDeployData({
      abi: escrowAbi,
      bytecode: escrowBytecode,
      args: [token, providerRegistry, withdrawalDelay, maxVoucherValidity],
    }),
  )
  const revenueSink = plan(
    'revenueSink',
    encodeDeployData({
      abi: revenueSinkAbi,
      bytecode: revenueSinkBytecode,
      args: [escrow, providerRegistry, modelRegistry],
    }),
  )
  const offerPayments = plan(
    'offerPayments',
    encodeDeployData({ abi: offerPaymentsAbi, bytecode: offerPaymentsBytecode, args: [escrow] }),
  )
  const { challengeWindow = 3 * DAY, disputeClock = 2 * DAY, bond = BOND } = terms
  const formulas = plan('formulas', encodeDeployData({ abi: formulasAbi, bytecode: formulasBytecode }))
  const graphProofs = plan(
    'graphProofs',
    encodeDeployData({ abi: graphProofsAbi, bytecode: graphProofsBytecode, args: [formulas] }),
  )
  const generateStages = plan(
    'generateStages',
    encodeDeployData({ abi: generateStagesAbi, bytecode: generateStagesBytecode }),
  )
  const embeddingStages = plan(
    'embeddingStages',
    encodeDeployData({ abi: embeddingStagesAbi, bytecode: embeddingStagesBytecode }),
  )
  const textSteps = plan('textSteps', encodeDeployData({ abi: textStepsAbi, bytecode: textStepsBytecode }))
  const pageSteps = plan(
    'pageSteps',
    encodeDeployData({ abi: pageStepsAbi, bytecode: pageStepsBytecode, args: [textSteps] }),
  )
  const ocrStages = plan(
    'ocrStages',
    encodeDeployData({ abi: ocrStagesAbi, bytecode: ocrStagesBytecode, args: [pageSteps] }),
  )
  const stageBook = plan(
    'stageBook',
    encodeDeployData({
      abi: stageBookAbi,
      bytecode: stageBookBytecode,
      args: [providerRegistry, STAGED_TASKS.map(judgedProfile), [generateStages, embeddingStages, ocrStages]],
    }),
  )
  const arbiter = plan(
    'arbiter',
    encodeDeployData({
      abi: graphArbiterAbi,
      bytecode: graphArbiterBytecode,
      args: [providerRegistry, graphProofs, stageBook, challengeWindow, disputeClock, bond, BOND_BURN_PPM],
    }),
  )
  const smallModels = plan('smallModels', encodeDeployData({ abi: smallModelsAbi, bytecode: smallModelsBytecode }))
  return {
    deployment: {
      ...{ chainId, token, modelRegistry, providerRegistry, escrow, revenueSink },
      ...{ offerPayments, arbiter, smallModels },
    },
    contracts,
  }
}
