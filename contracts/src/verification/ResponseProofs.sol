// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGraphProofs} from "../interfaces/IGraphProofs.sol";
import {LeafReading} from "../libraries/LeafReading.sol";
import {ModelProof} from "../libraries/ModelProof.sol";
import {Sha256Tree} from "../libraries/Sha256Tree.sol";
import {Subjects} from "../libraries/Subjects.sol";
import {TensorHeader} from "../libraries/TensorHeader.sol";
import {Game, ModelOpening, ResponseProof, Stage} from "../types/Dispute.sol";
import {Receipt} from "../types/Market.sol";

/// @title A response that is not what the trace says
/// @dev An output in the response has the entry's type and, in the graph's order, its lengths and elements; rank 4 is stored in another order.
abstract contract ResponseProofs is IGraphProofs {
    /// @dev A tensor that was opened.
    struct Shown {
        uint8 elementType;
        uint8 rank;
        bytes32 dims;
    }

    function proveResponse(
        uint256,
        Game calldata state,
        Receipt calldata receipt,
        bytes calldata signature,
        ModelOpening calldata model,
        ResponseProof calldata proof
    ) external view {
        Stage memory stage = Subjects.stageOf(receipt, signature);
        ModelProof.Graph memory graph = ModelProof.graphOf(receipt.weightsDigest, stage.graph, model);
        ModelProof.requireList(proof.response, stage.responseDigest);
        if (proof.response.length == graph.outputs.length / 4) _requireDifference(state, graph.outputs, proof);
    }

    function _requireDifference(Game calldata state, bytes memory outputs, ResponseProof calldata proof) private view {
        if (proof.output >= outputs.length / 4) revert NoSuchOutput(proof.output, outputs.length / 4);
        Shown memory response = _openOutput(proof);
        Shown memory entry = _openEntry(state, _entryOf(outputs, proof.output), proof);
        if (response.elementType != entry.elementType || response.rank != entry.rank) return;
        uint32[] memory dims = TensorHeader.graphDims(entry.dims, entry.rank);
        for (uint256 i; i < dims.length; ++i) {
            if (dims[i] != TensorHeader.dimAt(response.dims, i)) return;
        }
        if (proof.element >= TensorHeader.elementsOf(entry.dims, entry.rank)) revert NoSuchElement(proof.element);
        uint256 there = entry.rank == 4 ? _inGraphOrder(dims, proof.element) : proof.element;
        uint256 size = TensorHeader.bytesOf(entry.elementType);
        LeafReading.requireLeaf(proof.entryLeaf, proof.element * size / Sha256Tree.LEAF_BYTES, proof.entryRoot);
        LeafReading.requireLeaf(proof.leaf, there * size / Sha256Tree.LEAF_BYTES, proof.dataRoot);
        int256 claimed = LeafReading.read(proof.entryLeaf.data, entry.elementType, proof.element);
        if (LeafReading.read(proof.leaf.data, entry.elementType, there) == claimed) revert NothingProved();
    }

    function _openEntry(Game calldata state, uint256 entry, ResponseProof calldata proof)
        private
        view
        returns (Shown memory)
    {
        if (entry >= state.entries) revert NoSuchEntry(entry, state.entries);
        bytes32 digest = TensorHeader.digest(proof.entryHeader, proof.entryRoot);
        bytes32 root = Sha256Tree.climb(digest, entry, proof.entryPath);
        if (root != state.traceTree) revert WrongHash(root, state.traceTree);
        return _parse(proof.entryHeader);
    }

    function _openOutput(ResponseProof calldata proof) private view returns (Shown memory) {
        bytes32 digest = TensorHeader.digest(proof.header, proof.dataRoot);
        if (digest != proof.response[proof.output]) revert WrongHash(digest, proof.response[proof.output]);
        return _parse(proof.header);
    }

    function _parse(bytes calldata header) private pure returns (Shown memory tensor) {
        (tensor.elementType, tensor.rank, tensor.dims) = TensorHeader.parse(header);
    }

    /// @dev Four bytes each.
    function _entryOf(bytes memory outputs, uint256 output) private pure returns (uint256 entry) {
        for (uint256 i; i < 4; ++i) {
            entry = entry << 8 | uint8(outputs[4 * output + i]);
        }
    }

    /// @param dims n, c, h, w. @param element Number in the order n, h, w, c. @return Its number in the order n, c, h, w.
    function _inGraphOrder(uint32[] memory dims, uint256 element) private pure returns (uint256) {
        (uint256 c, uint256 pixels) = (dims[1], uint256(dims[2]) * dims[3]);
        // There is an element, so no length is 0; and no product passes their number.
        unchecked {
            uint256 image = element / (c * pixels);
            uint256 within = element % (c * pixels);
            return (image * c + within % c) * pixels + within / c;
        }
    }
}
