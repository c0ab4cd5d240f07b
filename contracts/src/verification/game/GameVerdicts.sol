// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Exhibit, FoldClaim, Game, LeafProof, ModelOpening, PartProof, ResponseProof} from "../../types/Dispute.sol";
import {Receipt} from "../../types/Market.sol";
import {GamePayouts} from "./GamePayouts.sol";

/// @title What convicts by arithmetic
/// @dev A proof is handed on to `proofs` as it came, which reads from it the same state, receipt and signature as are read here. It ends the game or
/// reverts.
abstract contract GameVerdicts is GamePayouts {
    function proveCount(
        uint256 game,
        Game calldata state,
        Receipt calldata receipt,
        bytes calldata signature,
        ModelOpening calldata
    ) external nonReentrant {
        _prove(game, state, receipt, signature, Ground.Count);
    }

    function proveHeader(uint256 game, Game calldata state, Exhibit calldata exhibit) external nonReentrant {
        _prove(game, state, exhibit.receipt, exhibit.signature, Ground.Header);
    }

    function proveElement(
        uint256 game,
        Game calldata state,
        Exhibit calldata exhibit,
        uint64,
        LeafProof calldata,
        FoldClaim[] calldata
    ) external nonReentrant {
        _prove(game, state, exhibit.receipt, exhibit.signature, Ground.Element);
    }

    function proveChunk(
        uint256 game,
        Game calldata state,
        Exhibit calldata exhibit,
        FoldClaim[] calldata,
        PartProof calldata
    ) external nonReentrant {
        _prove(game, state, exhibit.receipt, exhibit.signature, Ground.Chunk);
    }

    function proveResponse(
        uint256 game,
        Game calldata state,
        Receipt calldata receipt,
        bytes calldata signature,
        ModelOpening calldata,
        ResponseProof calldata
    ) external nonReentrant {
        _prove(game, state, receipt, signature, Ground.Response);
    }

    /// @dev Asks `proofs` what this contract was asked, by the same calldata. Reverts as it does.
    function _handOn() internal view returns (bytes memory result) {
        address target = address(proofs);
        assembly ("memory-safe") {
            result := mload(0x40)
            calldatacopy(result, 0, calldatasize())
            let ok := staticcall(gas(), target, result, calldatasize(), 0, 0)
            returndatacopy(add(result, 0x20), 0, returndatasize())
            if iszero(ok) { revert(add(result, 0x20), returndatasize()) }
            mstore(result, returndatasize())
            mstore(0x40, and(add(add(result, 0x3f), returndatasize()), not(0x1f)))
        }
    }

    function _prove(
        uint256 game,
        Game calldata state,
        Receipt calldata receipt,
        bytes calldata signature,
        Ground ground
    ) private {
        Game memory g = _provable(game, state);
        _requireReceipt(g, receipt);
        _handOn();
        _convict(game, g, receipt, signature, ground);
    }
}
