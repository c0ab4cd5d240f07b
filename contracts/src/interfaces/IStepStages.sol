// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Game, Stage} from "../types/Dispute.sol";
import {Receipt} from "../types/Market.sol";
import {ITaskStages} from "./ITaskStages.sol";

/// @title A composed task whose graphs stand between steps that are no graphs (specs/dispute.md, "Steps")
/// @notice An answer's one stage is the steps: a game about it goes down a trace whose entries are the tensors between them. From there it ends with a proof
/// about a step, or goes on about a graph's run as that trace claims it.
///
/// Every implementation keeps: of an honest seller's trace every run is one of its graph, and no proof holds.
interface IStepStages is ITaskStages {
    /// @notice Run `place` of a graph as the trace that the seller committed to claims it. Reverts where there is none, or `opening` does not show it.
    function runOf(Game calldata state, uint256 place, bytes calldata opening) external view returns (Stage memory);

    /// @notice Reverts unless `proof` shows that the trace of the stage that the seller committed to is wrong, or is not what was claimed; with `NothingProved`
    /// where it shows nothing. The call is the arbiter's own, handed on as it came: the stage follows the signature (`Subjects`).
    function proveStep(
        uint256 game,
        Game calldata state,
        Receipt calldata receipt,
        bytes calldata signature,
        bytes calldata proof
    ) external view;
}
