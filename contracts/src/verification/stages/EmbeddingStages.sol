// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDisputeErrors} from "../../interfaces/IDisputeErrors.sol";
import {ITaskStages} from "../../interfaces/ITaskStages.sol";
import {LeafReading} from "../../libraries/LeafReading.sol";
import {ModelProof} from "../../libraries/ModelProof.sol";
import {Sha256Tree} from "../../libraries/Sha256Tree.sol";
import {StageTensors} from "../../libraries/StageTensors.sol";
import {TensorHeader} from "../../libraries/TensorHeader.sol";
import {TokenIds} from "../../libraries/TokenIds.sol";
import {LeafProof, Stage} from "../../types/Dispute.sol";
import {Receipt} from "../../types/Market.sol";

/// @title Stages of the task `embedding` in its exact form (specs/tasks.md, "embedding")
/// @notice Stage i is text number i: one run of `model.onnx` on its ids, which gives row i.
contract EmbeddingStages is ITaskStages {
    using TokenIds for bytes;

    /// @notice The request's tensors. @param ids How many ids there are. @param idsRoot Root over their data. @param texts How many texts.
    /// @param offsetsRoot Root over the data of `offsets`.
    struct Request {
        uint256 ids;
        bytes32 idsRoot;
        uint256 texts;
        bytes32 offsetsRoot;
    }

    /// @notice `opening` of a stage.
    /// @param offsets Leaves of `offsets` that hold the text's first id and its end: one, or two that follow each other.
    /// @param ids Leaves of `ids` that hold the text's: one, or two that follow each other.
    /// @param row Root over the row's data. @param path Its siblings up to the root over the response's data.
    struct Opening {
        Request request;
        LeafProof[] offsets;
        LeafProof[] ids;
        bytes32 row;
        bytes32[] path;
    }

    /// @notice `opening` of a malformed response.
    /// @param response Digests of its tensors. @param header Of the first of them, if there is just one. @param dataRoot Of its data.
    struct Malformed {
        Request request;
        bytes32[] response;
        bytes header;
        bytes32 dataRoot;
    }

    /// @notice What was shown is not what the receipt commits to.
    error WrongRequest(bytes32 given, bytes32 expected);
    error WrongResponse(bytes32 given, bytes32 expected);
    /// @notice The task does not allow this request: who answered it is not judged.
    error UnfitRequest();

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
        Opening calldata shown = _opening(opening);
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
        Malformed calldata shown = _malformed(opening);
        _requireRequest(receipt, shown.request);
        ModelProof.requireList(shown.response, receipt.responseDigest);
        if (shown.response.length != 1) return;
        bytes32 digest = TensorHeader.digest(shown.header, shown.dataRoot);
        if (digest != shown.response[0]) revert WrongResponse(digest, shown.response[0]);
        bytes memory header = StageTensors.matrixHeader("embedding", StageTensors.I32, shown.request.texts, COLUMNS);
        if (keccak256(shown.header) == keccak256(header)) revert IDisputeErrors.NothingProved();
    }

    function _requireRequest(Receipt calldata receipt, Request calldata request) private view {
        bytes32 digest = StageTensors.list(
            StageTensors.vector("ids", StageTensors.U32, request.ids, request.idsRoot),
            StageTensors.vector("offsets", StageTensors.U32, request.texts + 1, request.offsetsRoot)
        );
        if (digest != receipt.requestDigest) revert WrongRequest(digest, receipt.requestDigest);
        if (request.texts == 0) revert UnfitRequest();
    }

    /// @dev The first id of a text, and the one behind its last.
    function _bounds(Opening calldata shown, uint256 place) private view returns (uint256 start, uint256 end) {
        uint256 first = place / IDS_A_LEAF;
        _requireLeaves(shown.offsets, first, (place + 1) / IDS_A_LEAF, shown.request.offsetsRoot);
        start = _at(shown.offsets, first, place);
        end = _at(shown.offsets, first, place + 1);
    }

    /// @dev Root over the ids of a text as the graph takes them: eight bytes each, so that half as many are a leaf.
    function _ids(Opening calldata shown, uint256 start, uint256 end) private view returns (bytes32) {
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
    function _response(Receipt calldata receipt, Opening calldata shown, uint256 place) private view returns (bytes32) {
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

    /// @dev A struct in calldata begins where its offset says. Wherever that is, what is read there is held against digests.
    function _opening(bytes calldata opening) private pure returns (Opening calldata shown) {
        if (opening.length < 32) revert UnfitRequest();
        assembly ("memory-safe") {
            shown := add(opening.offset, calldataload(opening.offset))
        }
    }

    function _malformed(bytes calldata opening) private pure returns (Malformed calldata shown) {
        if (opening.length < 32) revert UnfitRequest();
        assembly ("memory-safe") {
            shown := add(opening.offset, calldataload(opening.offset))
        }
    }
}
