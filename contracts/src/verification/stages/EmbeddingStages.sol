// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDisputeErrors} from "../../interfaces/IDisputeErrors.sol";
import {ITaskStages} from "../../interfaces/ITaskStages.sol";
import {LeafReading} from "../../libraries/LeafReading.sol";
import {Sha256Tree} from "../../libraries/Sha256Tree.sol";
import {StageTensors} from "../../libraries/StageTensors.sol";
import {TokenIds} from "../../libraries/TokenIds.sol";
import {LeafProof, Stage} from "../../types/Dispute.sol";
import {Receipt} from "../../types/Market.sol";
import {EmbeddingMalformed, EmbeddingOpening, EmbeddingRequest} from "../../types/Stages.sol";
import {ShownTensors} from "./ShownTensors.sol";

/// @title Stages of the task `embedding` in its exact form (specs/tasks.md, "embedding")
/// @notice Stage i is text number i: one run of `model.onnx` on its ids, which gives row i. `opening` is abi.encode(EmbeddingOpening), or
/// abi.encode(EmbeddingMalformed).
contract EmbeddingStages is ITaskStages {
    using TokenIds for bytes;

    uint256 private constant MOST_IDS = 128;
    uint256 private constant COLUMNS = 512;
    /// @dev Levels of the tree over a row: 2,048 bytes are four leaves.
    uint256 private constant ROW_LEVELS = 2;
    uint256 private constant IDS_A_LEAF = 128;

    function stageOf(Receipt calldata receipt, uint256 place, bytes calldata opening)
        external
        view
        returns (Stage memory stage)
    {
        EmbeddingOpening calldata shown = _opening(opening);
        _requireRequest(receipt, shown.request);
        if (place >= shown.request.texts) revert NoSuchStage(place);
        (uint256 start, uint256 end) = _bounds(shown, place);
        if (start >= end || end - start > MOST_IDS || end > shown.request.ids) revert UnfitRequest();
        stage.graph = keccak256("model.onnx");
        stage.requestDigest =
            StageTensors.list(StageTensors.vector("ids", StageTensors.I64, end - start, _ids(shown, start, end)));
        stage.responseDigest = _response(receipt, shown, place);
    }

    function requireMalformed(Receipt calldata receipt, bytes calldata opening) external view {
        EmbeddingMalformed calldata shown = _malformed(opening);
        _requireRequest(receipt, shown.request);
        bytes memory right = StageTensors.matrixHeader("embedding", StageTensors.I32, shown.request.texts, COLUMNS);
        ShownTensors.requireOther(receipt, shown.response, shown.header, shown.dataRoot, right);
    }

    function _requireRequest(Receipt calldata receipt, EmbeddingRequest calldata request) private view {
        bytes32 digest = StageTensors.list(
            StageTensors.vector("ids", StageTensors.U32, request.ids, request.idsRoot),
            StageTensors.vector("offsets", StageTensors.U32, request.texts + 1, request.offsetsRoot)
        );
        if (digest != receipt.requestDigest) revert WrongRequest(digest, receipt.requestDigest);
        if (request.texts == 0) revert UnfitRequest();
    }

    /// @dev The first id of a text, and the one behind its last.
    function _bounds(EmbeddingOpening calldata shown, uint256 place) private view returns (uint256 start, uint256 end) {
        uint256 first = place / IDS_A_LEAF;
        _requireLeaves(shown.offsets, first, (place + 1) / IDS_A_LEAF, shown.request.offsetsRoot);
        start = _at(shown.offsets, first, place);
        end = _at(shown.offsets, first, place + 1);
    }

    /// @dev Root over the ids of a text as the graph takes them: eight bytes each, so that half as many are a leaf.
    function _ids(EmbeddingOpening calldata shown, uint256 start, uint256 end) private view returns (bytes32) {
        uint256 first = start / IDS_A_LEAF;
        _requireLeaves(shown.ids, first, (end - 1) / IDS_A_LEAF, shown.request.idsRoot);
        uint256 half = start + IDS_A_LEAF / 2;
        if (end <= half) return _leaf(shown.ids, first, start, end);
        bytes32 left = _leaf(shown.ids, first, start, half);
        return Sha256Tree.hash(abi.encodePacked(hex"01", left, _leaf(shown.ids, first, half, end)));
    }

    /// @dev A leaf of eight bytes an id: the four that the request has, and four zeros.
    function _leaf(LeafProof[] calldata leaves, uint256 first, uint256 start, uint256 end)
        private
        view
        returns (bytes32)
    {
        bytes memory message = new bytes(1 + Sha256Tree.LEAF_BYTES + 32); // tag, leaf, and what the last word reaches beyond it
        for (uint256 i = start; i < end; ++i) {
            bytes calldata leaf = leaves[i / IDS_A_LEAF - first].data;
            assembly ("memory-safe") {
                let id := and(calldataload(add(leaf.offset, shl(2, mod(i, IDS_A_LEAF)))), shl(224, 0xffffffff))
                mstore(add(add(message, 0x21), shl(3, sub(i, start))), id) // the zeros behind it are overwritten by the next
            }
        }
        assembly ("memory-safe") {
            mstore(message, 513)
        }
        return Sha256Tree.hash(message);
    }

    /// @dev That the row is the response's. @return Digest of the stage's outputs: that row alone.
    function _response(Receipt calldata receipt, EmbeddingOpening calldata shown, uint256 place)
        private
        view
        returns (bytes32)
    {
        uint256 texts = shown.request.texts;
        uint256 levels = Sha256Tree.depthOf(texts << ROW_LEVELS) - ROW_LEVELS;
        if (shown.path.length != levels) revert IDisputeErrors.WrongLength(shown.path.length, levels);
        bytes32 root = Sha256Tree.climb(shown.row, place, shown.path);
        bytes32 digest = StageTensors.list(StageTensors.matrix("embedding", StageTensors.I32, texts, COLUMNS, root));
        if (digest != receipt.responseDigest) revert WrongResponse(digest, receipt.responseDigest);
        return StageTensors.list(StageTensors.matrix("embedding", StageTensors.I32, 1, COLUMNS, shown.row));
    }

    function _requireLeaves(LeafProof[] calldata leaves, uint256 first, uint256 last, bytes32 root) private view {
        if (leaves.length != last - first + 1) revert IDisputeErrors.WrongLength(leaves.length, last - first + 1);
        for (uint256 i; i < leaves.length; ++i) {
            LeafReading.requireLeaf(leaves[i], first + i, root);
        }
    }

    /// @dev Number `i` of the tensor of which the first leaf shown is number `first`.
    function _at(LeafProof[] calldata leaves, uint256 first, uint256 i) private pure returns (uint256) {
        return leaves[i / IDS_A_LEAF - first].data.idAt(i % IDS_A_LEAF);
    }

    function _opening(bytes calldata opening) private pure returns (EmbeddingOpening calldata shown) {
        uint256 at = ShownTensors.structAt(opening);
        assembly ("memory-safe") {
            shown := at
        }
    }

    function _malformed(bytes calldata opening) private pure returns (EmbeddingMalformed calldata shown) {
        uint256 at = ShownTensors.structAt(opening);
        assembly ("memory-safe") {
            shown := at
        }
    }
}
