import type { Hex } from '@stoa/protocol'
import { formulasAbi } from '@stoa/protocol/abi'
import { formulasBytecode } from '@stoa/protocol/bytecode'
import { encodeFunctionData } from 'viem'
