// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDisputeErrors} from "../../src/interfaces/IDisputeErrors.sol";
import {ITaskStages} from "../../src/interfaces/ITaskStages.sol";
import {Stage} from "../../src/types/Dispute.sol";
import {Receipt} from "../../src/types/Market.sol";

/// @title A task whose requests and responses are hashes of what they consist of
/// @notice Request and response digests are keccak256 of abi.encode(Stage[]); a response of no stages is malformed.
contract StandInStages is ITaskStages {
    error NotShown();

    function stageOf(Receipt calldata receipt, uint256 place, bytes calldata opening)
        external
        pure
        returns (Stage memory)
    {
        Stage[] memory all = open(receipt, opening);
        if (place >= all.length) revert NoSuchStage(place);
        return all[place];
    }

    function requireMalformed(Receipt calldata receipt, bytes calldata opening) external pure {
        if (open(receipt, opening).length != 0) revert IDisputeErrors.NothingProved();
    }

    function open(Receipt calldata receipt, bytes calldata opening) private pure returns (Stage[] memory) {
        if (keccak256(opening) != receipt.responseDigest) revert NotShown();
        return abi.decode(opening, (Stage[]));
    }
}
