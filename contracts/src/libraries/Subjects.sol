// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Stage} from "../types/Dispute.sol";
import {Receipt} from "../types/Market.sol";

/// @title What a game is about, brought again (specs/dispute.md, "Stages")
/// @notice Proofs bring the receipt with the seller's signature. In a game about a stage abi.encode(Stage) follows the signature, so that proofs about
/// answers of a single graph carry nothing more.
library Subjects {
    /// @notice Stands for the graph in a stage that is no graph's run but the steps between graphs. `formulas.bin` can't name it: graphs end in `.onnx`.
    bytes32 internal constant STEPS = keccak256("steps");
    /// @notice Stands for the folds of a game that went on from steps to a graph's run, before there are any.
    bytes32 internal constant RUN = keccak256("run");
    uint256 private constant STAGE_BYTES = 96;
    /// @dev A signature has 64 bytes or 65.
    uint256 private constant SHORTEST_SIGNATURE = 64;

    /// @notice The signature without what follows it.
    function signatureIn(bytes calldata signature) internal pure returns (bytes calldata) {
        return isStaged(signature) ? signature[:signature.length - STAGE_BYTES] : signature;
    }

    /// @notice What a game is about whose receipt has this digest.
    function subjectOf(bytes32 receiptDigest, bytes calldata signature) internal pure returns (bytes32) {
        if (!isStaged(signature)) return receiptDigest;
        return join(receiptDigest, keccak256(signature[signature.length - STAGE_BYTES:]));
    }

    /// @notice A stage of the answer that the receipt is for.
    function join(bytes32 receiptDigest, bytes32 stageHash) internal pure returns (bytes32) {
        return keccak256(abi.encode(receiptDigest, stageHash));
    }

    /// @notice The run that the game is about: the stage, or else the receipt's own.
    function stageOf(Receipt calldata receipt, bytes calldata signature) internal pure returns (Stage memory stage) {
        if (isStaged(signature)) return abi.decode(signature[signature.length - STAGE_BYTES:], (Stage));
        stage.graph = keccak256("model.onnx");
        stage.requestDigest = receipt.requestDigest;
        stage.responseDigest = receipt.responseDigest;
    }

    function isStaged(bytes calldata signature) private pure returns (bool) {
        return signature.length >= SHORTEST_SIGNATURE + STAGE_BYTES;
    }
}
