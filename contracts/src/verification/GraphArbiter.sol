// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGraphProofs} from "../interfaces/IGraphProofs.sol";
import {IProviderRegistry} from "../interfaces/IProviderRegistry.sol";
import {IStages} from "../interfaces/IStages.sol";
import {GameFolds} from "./game/GameFolds.sol";
import {GameState} from "./game/GameState.sol";
import {GameSteps} from "./game/GameSteps.sol";
import {GameWalk} from "./game/GameWalk.sol";

/// @title The judge of exact graphs
/// @notice See IGraphArbiter.
/// @dev Nobody owns it and nothing about it changes. What it does, by what it stands on: GameState keeps games and clocks, GameWalk goes from a trace's
/// root to data, GameFolds from an element to a chunk, GameVerdicts convicts by what GraphProofs finds, GamePayouts takes bonds and stake and shares them
/// out.
contract GraphArbiter is GameWalk, GameFolds, GameSteps {
    /// @dev Seconds beyond both clocks in which a verdict by silence finds its way onto the ledger.
    uint40 private constant VERDICT_TIME = 1 days;

    /// @param providerRegistry_ Whose receipts are judged. @param proofs_ What says whether a proof is one.
    /// @param stages_ What answers of composed tasks consist of.
    /// @param challengeWindow_ Seconds after a receipt's `answeredAt`. @param clock_ Seconds that each side has for its moves.
    /// @param bond_ Wei of the stake token that a challenger posts. @param bondBurnPpm_ Share of a lost bond that burns.
    constructor(
        IProviderRegistry providerRegistry_,
        IGraphProofs proofs_,
        IStages stages_,
        uint40 challengeWindow_,
        uint40 clock_,
        uint96 bond_,
        uint32 bondBurnPpm_
    ) GameState(providerRegistry_, proofs_, stages_, challengeWindow_, clock_, bond_, bondBurnPpm_) {}

    function longestGame() external view returns (uint40) {
        return 2 * clock + VERDICT_TIME;
    }

    function judges(bytes32 profile) external view returns (bool) {
        return profile == PROFILE || stages.knows(profile);
    }

    function token() external view returns (address) {
        return address(_token);
    }
}
