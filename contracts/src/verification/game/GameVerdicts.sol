// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SameCall} from "../../libraries/SameCall.sol";
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

    function _prove(
        uint256 game,
        Game calldata state,
        Receipt calldata receipt,
        bytes calldata signature,
        Ground ground
    ) private {
        Game memory g = _provable(game, state);
        bytes32 digest = _requireSubject(g, receipt, signature);
        SameCall.ask(address(proofs));
        _convict(game, g, digest, receipt, signature, ground);
    }
}
