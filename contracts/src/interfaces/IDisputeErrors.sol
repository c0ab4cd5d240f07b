// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Phase} from "../types/Dispute.sol";

/// @title What is wrong with a move or a proof
interface IDisputeErrors {
    error WrongPhase(Phase phase);
    error WrongHash(bytes32 given, bytes32 expected);
    error WrongLength(uint256 given, uint256 expected);
    error NoSuchElement(uint256 element);
    error NoSuchPart(uint256 part, uint256 parts);
    error NoSuchEntry(uint256 entry, uint256 entries);
    error NoSuchOutput(uint256 output, uint256 outputs);
    /// @notice The element's folds have one chunk each: nothing needs to be posted, it can be proved at once.
    error NoFolds();
    /// @notice The part has several chunks: narrow it first.
    error PartIsManyChunks(uint256 chunks);
    /// @notice What was shown contradicts nothing.
    error NothingProved();
}
