// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Claims, IFormulas} from "../interfaces/IFormulas.sol";
import {IGraphProofs} from "../interfaces/IGraphProofs.sol";
import {FoldClaims} from "../libraries/FoldClaims.sol";
import {FormulaCall} from "../libraries/FormulaCall.sol";
import {LeafReading} from "../libraries/LeafReading.sol";
import {ModelProof} from "../libraries/ModelProof.sol";
import {Sha256Tree} from "../libraries/Sha256Tree.sol";
import {Subjects} from "../libraries/Subjects.sol";
import {TensorHeader} from "../libraries/TensorHeader.sol";
import {Exhibit, FoldClaim, Game, LeafProof, ModelOpening, PartProof, Phase, Stage} from "../types/Dispute.sol";
import {Receipt} from "../types/Market.sol";
import {ResponseProofs} from "./ResponseProofs.sol";

/// @title What contradicts what a seller posted
/// @notice See IGraphProofs.
/// @dev Keeps nothing and owns nothing. What it says of the truth comes from `formulas`, given a formula that the receipt's weights commit to and claims
/// that are the seller's own: an honest seller's contradict nothing.
contract GraphProofs is ResponseProofs {
    using FoldClaims for FoldClaim[];
    using FormulaCall for IFormulas;
    using ModelProof for ModelProof.Graph;

    IFormulas public immutable formulas;

    constructor(IFormulas formulas_) {
        formulas = formulas_;
    }

    function dispute(uint256, Game calldata state, Exhibit calldata exhibit, uint64 element)
        external
        view
        returns (FoldClaim[] memory)
    {
        _requireRevealed(state, element);
        Claims memory claims = _requireExhibit(state, exhibit);
        uint32[] memory dims = TensorHeader.graphDims(state.dims, state.rank);
        return _runsOf(formulas.chunksOf(exhibit.formula, dims, element, claims, exhibit.evidence));
    }

    function proveCount(
        uint256,
        Game calldata state,
        Receipt calldata receipt,
        bytes calldata signature,
        ModelOpening calldata model
    ) external view {
        bytes32 name = Subjects.stageOf(receipt, signature).graph;
        if (ModelProof.graphOf(receipt.weightsDigest, name, model).entries == state.entries) {
            revert NothingProved();
        }
    }

    function proveHeader(uint256, Game calldata state, Exhibit calldata exhibit) external view {
        if (state.phase == Phase.PickInTrace) revert WrongPhase(state.phase); // nothing is open yet
        Claims memory claims = _requireExhibit(state, exhibit);
        (uint8 storedType, uint32[] memory dims) = formulas.shapeOf(exhibit.formula, claims, exhibit.evidence);
        uint32[] memory claimed = TensorHeader.graphDims(state.dims, state.rank);
        if (storedType == state.storedType && keccak256(abi.encode(dims)) == keccak256(abi.encode(claimed))) {
            revert NothingProved();
        }
    }

    function proveElement(
        uint256,
        Game calldata state,
        Exhibit calldata exhibit,
        uint64 element,
        LeafProof calldata leaf,
        FoldClaim[] calldata folds
    ) external view {
        int128[] memory folded = new int128[](folds.length);
        if (state.phase == Phase.PickPart) {
            if (element != state.element) revert NoSuchElement(element);
            FoldClaim[] memory posted = folds.load(state.folds);
            for (uint256 i; i < folded.length; ++i) {
                folded[i] = posted[i].last;
            }
        } else {
            if (state.phase != Phase.Examine) revert WrongPhase(state.phase);
            if (folds.length != 0) revert WrongLength(folds.length, 0);
        }
        int256 claimed = _claimed(state, element, leaf);
        Claims memory claims = _requireExhibit(state, exhibit);
        uint32[] memory dims = TensorHeader.graphDims(state.dims, state.rank);
        int256 truth = formulas.elementOf(exhibit.formula, dims, element, folded, claims, exhibit.evidence);
        if (truth == claimed) revert NothingProved();
    }

    function proveChunk(
        uint256,
        Game calldata state,
        Exhibit calldata exhibit,
        FoldClaim[] calldata folds,
        PartProof calldata part
    ) external view {
        if (state.phase != Phase.PickPart && state.phase != Phase.PickSubpart) {
            revert WrongPhase(state.phase);
        }
        FoldClaim memory run = folds.load(state.folds).partOf(part);
        if (run.chunks != 1) revert PartIsManyChunks(run.chunks);
        Claims memory claims = _requireExhibit(state, exhibit);
        uint32[] memory dims = TensorHeader.graphDims(state.dims, state.rank);
        int128 truth = formulas.chunkOf(
            exhibit.formula, dims, state.element, run.fold, run.first, run.before, claims, exhibit.evidence
        );
        if (truth == run.last) revert NothingProved();
    }

    /// @dev That the formula is the entry's, by the receipt's weights, and the request, if one was brought, the receipt's or the stage's: without it no input
    /// can be read.
    function _requireExhibit(Game calldata state, Exhibit calldata exhibit) private view returns (Claims memory) {
        Stage memory stage = Subjects.stageOf(exhibit.receipt, exhibit.signature);
        ModelProof.graphOf(exhibit.receipt.weightsDigest, stage.graph, exhibit.model)
            .requireFormula(state.entry, exhibit.formula, exhibit.path);
        if (exhibit.request.length != 0) ModelProof.requireList(exhibit.request, stage.requestDigest);
        return Claims(state.traceTree, state.entries, exhibit.request);
    }

    /// @dev What the seller's data say.
    function _claimed(Game calldata state, uint64 element, LeafProof calldata leaf) private view returns (int256) {
        uint256 number = _requireRevealed(state, element);
        // Else a part of the path could pass for the path from a node further down.
        if (leaf.path.length != state.below) revert WrongLength(leaf.path.length, state.below);
        LeafReading.requireLeaf(leaf, number, state.node);
        return LeafReading.read(leaf.data, state.storedType, element);
    }

    /// @dev That the element's leaf is one of those revealed. @return leaf Its number.
    function _requireRevealed(Game calldata state, uint64 element) private pure returns (uint256 leaf) {
        if (element >= TensorHeader.elementsOf(state.dims, state.rank)) revert NoSuchElement(element);
        leaf = uint256(element) * TensorHeader.bytesOf(state.storedType) / Sha256Tree.LEAF_BYTES;
        if (leaf >> state.below != state.index) revert NoSuchElement(element);
    }

    /// @dev The folds with several chunks, whole. There must be one.
    function _runsOf(uint32[] memory chunks) private pure returns (FoldClaim[] memory runs) {
        uint256 count;
        for (uint256 i; i < chunks.length; ++i) {
            if (chunks[i] > 1) ++count;
        }
        if (count == 0) revert NoFolds();
        runs = new FoldClaim[](count);
        count = 0;
        for (uint256 i; i < chunks.length; ++i) {
            if (chunks[i] > 1) runs[count++] = FoldClaim(uint32(i), 0, chunks[i], 0, 0, 0);
        }
    }
}
