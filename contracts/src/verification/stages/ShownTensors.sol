// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDisputeErrors} from "../../interfaces/IDisputeErrors.sol";
import {ITaskStages} from "../../interfaces/ITaskStages.sol";
import {ModelProof} from "../../libraries/ModelProof.sol";
import {TensorHeader} from "../../libraries/TensorHeader.sol";
import {Receipt} from "../../types/Market.sol";

/// @title What tasks of tokens and rows show of an answer
library ShownTensors {
    /// @notice Where a struct begins that is all of `opening`. Wherever its offset leads, what is read there is held against digests.
    function structAt(bytes calldata opening) internal pure returns (uint256 at) {
        if (opening.length < 32) revert ITaskStages.UnfitRequest();
        assembly ("memory-safe") {
            at := add(opening.offset, calldataload(opening.offset))
        }
    }

    /// @notice Reverts unless the response, of these tensors, is not one tensor with this header.
    /// @param response Digests of its tensors. @param header Of the first of them, if there is just one. @param dataRoot Of its data.
    /// @param right The header that the task wants.
    function requireOther(
        Receipt calldata receipt,
        bytes32[] calldata response,
        bytes calldata header,
        bytes32 dataRoot,
        bytes memory right
    ) internal view {
        ModelProof.requireList(response, receipt.responseDigest);
        if (response.length != 1) return;
        bytes32 digest = TensorHeader.digest(header, dataRoot);
        if (digest != response[0]) revert ITaskStages.WrongResponse(digest, response[0]);
        if (keccak256(header) == keccak256(right)) revert IDisputeErrors.NothingProved();
    }
}
