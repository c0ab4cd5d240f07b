// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDisputeErrors} from "../../src/interfaces/IDisputeErrors.sol";
import {IStepStages} from "../../src/interfaces/IStepStages.sol";
import {Game, Stage} from "../../src/types/Dispute.sol";
import {Receipt} from "../../src/types/Market.sol";

/// @title A task of steps that believes whoever shows it something
/// @notice A run's opening is abi.encode(Stage); a proof that says "wrong" is one.
contract StandInSteps is IStepStages {
    function stageOf(Receipt calldata receipt, uint256 place, bytes calldata) external pure returns (Stage memory) {
        if (place != 0) revert NoSuchStage(place);
        return Stage(keccak256("steps"), receipt.requestDigest, receipt.responseDigest);
    }

    function requireMalformed(Receipt calldata, bytes calldata) external pure {
        revert IDisputeErrors.NothingProved();
    }

    function runOf(Game calldata state, uint256 place, bytes calldata opening) external pure returns (Stage memory) {
        if (place >= state.entries) revert NoSuchStage(place);
        return abi.decode(opening, (Stage));
    }

    function proveStep(uint256, Game calldata, Receipt calldata, bytes calldata, bytes calldata proof) external pure {
        if (keccak256(proof) != keccak256("wrong")) revert IDisputeErrors.NothingProved();
    }
}
