// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Game, Stage} from "../types/Dispute.sol";
import {Receipt} from "../types/Market.sol";

/// @title What answers of composed tasks consist of (specs/dispute.md, "Stages")
/// @notice Functions of IGraphArbiter again, by the same names and arguments, without their consequences. That the receipt is one that is judged is the
/// arbiter's business; it hands on the call as it came.
interface IStages {
    /// @notice No composed task of this profile is judged.
    error UnknownProfile(bytes32 profile);

    /// @return Stage `place` of the answer, as the receipt commits to it. Reverts where there is none, or `opening` does not show it.
    function challengeStage(Receipt calldata receipt, bytes calldata signature, uint256 place, bytes calldata opening)
        external
        view
        returns (Stage memory);

    /// @notice Reverts unless `opening` shows that the response is none that the task allows to the request.
    function proveMalformed(Receipt calldata receipt, bytes calldata signature, bytes calldata opening) external view;

    /// @return Run `place` of a graph, as the trace of steps claims it to which the seller committed.
    function enter(
        uint256 game,
        Game calldata state,
        Receipt calldata receipt,
        bytes calldata signature,
        uint256 place,
        bytes calldata opening
    ) external view returns (Stage memory);

    /// @notice Reverts unless `proof` shows that what the seller committed to does not follow from the steps.
    function proveStep(
        uint256 game,
        Game calldata state,
        Receipt calldata receipt,
        bytes calldata signature,
        bytes calldata proof
    ) external view;

    /// @notice Whether answers of this profile have stages.
    function knows(bytes32 profile) external view returns (bool);
}
