// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Exhibit, FoldClaim, Game, LeafProof, ModelOpening, PartProof, ResponseProof} from "../types/Dispute.sol";
import {Receipt} from "../types/Market.sol";
import {IDisputeErrors} from "./IDisputeErrors.sol";
import {IFormulas} from "./IFormulas.sol";

/// @title What contradicts what a seller posted (specs/dispute.md)
/// @notice Functions of IGraphArbiter again, by the same names and arguments, without their consequences: each returns if the proof is one, and reverts if
/// not. That the state is a game's, that it is time and that the receipt is the game's is the arbiter's business; it hands on the call as it came.
interface IGraphProofs is IDisputeErrors {
    /// @return folds The element's folds with several chunks, whole, in the formula's order. There is one.
    function dispute(uint256 game, Game calldata state, Exhibit calldata exhibit, uint64 element)
        external
        view
        returns (FoldClaim[] memory folds);

    function proveCount(
        uint256 game,
        Game calldata state,
        Receipt calldata receipt,
        bytes calldata signature,
        ModelOpening calldata model
    ) external view;

    function proveHeader(uint256 game, Game calldata state, Exhibit calldata exhibit) external view;

    function proveElement(
        uint256 game,
        Game calldata state,
        Exhibit calldata exhibit,
        uint64 element,
        LeafProof calldata leaf,
        FoldClaim[] calldata folds
    ) external view;

    function proveChunk(
        uint256 game,
        Game calldata state,
        Exhibit calldata exhibit,
        FoldClaim[] calldata folds,
        PartProof calldata part
    ) external view;

    function proveResponse(
        uint256 game,
        Game calldata state,
        Receipt calldata receipt,
        bytes calldata signature,
        ModelOpening calldata model,
        ResponseProof calldata proof
    ) external view;

    /// @notice What computes single elements.
    function formulas() external view returns (IFormulas);
}
