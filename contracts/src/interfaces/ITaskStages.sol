// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Stage} from "../types/Dispute.sol";
import {Receipt} from "../types/Market.sol";

/// @title What answers of one composed task consist of (specs/dispute.md, "Stages")
/// @notice Found by its profile (StageBook). Keeps nothing and owns nothing. What `opening` is, each task says where it is implemented.
///
/// Every implementation keeps: of a request that the task allows, answered right, every stage is a run of its graph, and nothing is malformed. A request
/// that the task does not allow has no stages, and no response to it is malformed: who answered one is not judged.
interface ITaskStages {
    /// @notice There is no such stage, or the request is none that the task allows.
    error NoSuchStage(uint256 place);
    /// @notice What was shown is not what the receipt commits to.
    error WrongRequest(bytes32 given, bytes32 expected);
    error WrongResponse(bytes32 given, bytes32 expected);
    /// @notice The task does not allow this request: who answered it is not judged.
    error UnfitRequest();

    /// @notice Stage `place` of an answer, as the receipt commits to it. Reverts where there is none, or `opening` does not show it.
    function stageOf(Receipt calldata receipt, uint256 place, bytes calldata opening)
        external
        view
        returns (Stage memory);

    /// @notice Reverts unless `opening` shows that the response is none that the task allows to the request; with `NothingProved` where it is one.
    function requireMalformed(Receipt calldata receipt, bytes calldata opening) external view;
}
