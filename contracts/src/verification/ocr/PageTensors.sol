// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ISteps} from "../../interfaces/IPageSteps.sol";
import {LeafRange} from "../../libraries/LeafRange.sol";
import {Sha256Tree} from "../../libraries/Sha256Tree.sol";
import {TensorHeader} from "../../libraries/TensorHeader.sol";
import {PageClaims, PageEvidence, PageOpening} from "../../types/Page.sol";
import {Elements} from "../formula/Elements.sol";
import {PageLayout} from "./PageLayout.sol";

/// @notice Bytes that were proved: neighbouring leaves in memory.
/// @param from Number of the first byte. @param to Number of the byte behind the last, no further than the data go. @param pointer Address of the first.
struct ProvedBytes {
    uint256 from;
    uint256 to;
    uint256 pointer;
}

/// @notice An entry that was proved, with the leaves that were opened.
/// @param width Bytes of an element.
struct PageTensor {
    uint8 elementType;
    uint8 rank;
    bytes32 dims;
    uint256 width;
    ProvedBytes data;
}

using PageTensors for PageTensor global;
using PageTensors for ProvedBytes global;

/// @title Entries of a page's trace as evidence opens them
library PageTensors {
    uint256 private constant LEAF = 512;
    uint8 private constant U8 = 0;

    /// @notice The entry of a kind, shown by the opening at `opening`. Reverts unless it is in the trace.
    function open(
        PageClaims calldata claims,
        PageEvidence calldata evidence,
        uint256 opening,
        uint256 kind,
        uint256 piece
    ) internal view returns (PageTensor memory tensor) {
        if (opening >= evidence.tensors.length) revert ISteps.WrongPageOpening(opening);
        uint256 entry = PageLayout.entryOf(kind, piece, claims.entries);
        return show(claims.tree, evidence.tensors[opening], entry, opening);
    }

    /// @notice The same of an entry by its number. @param opening Where the opening stands, for errors.
    function show(bytes32 tree, PageOpening calldata shown, uint256 entry, uint256 opening)
        internal
        view
        returns (PageTensor memory tensor)
    {
        bytes32 digest = TensorHeader.digest(shown.header, shown.dataRoot);
        if (Sha256Tree.climb(digest, entry, shown.path) != tree) revert ISteps.WrongPageOpening(opening);
        (tensor.elementType, tensor.rank, tensor.dims) = TensorHeader.parse(shown.header);
        tensor.width = TensorHeader.bytesOf(tensor.elementType);
        uint256 size = TensorHeader.elementsOf(tensor.dims, tensor.rank) * tensor.width;
        bool proved;
        (tensor.data, proved) = prove(shown.dataRoot, size, shown.first, shown.data, shown.siblings);
        if (!proved) revert ISteps.WrongPageOpening(opening);
    }

    /// @notice Leaves of `size` bytes under `root`, from number `first` on; or none of them.
    function prove(bytes32 root, uint256 size, uint256 first, bytes calldata leaves, bytes32[] calldata siblings)
        internal
        view
        returns (ProvedBytes memory shown, bool)
    {
        unchecked {
            uint256 count = leaves.length / LEAF;
            if (leaves.length == 0) return (shown, true);
            uint256 levels = Sha256Tree.depthOf((size + LEAF - 1) / LEAF);
            if (leaves.length % LEAF != 0 || first + count > 1 << levels) return (shown, false);
            uint256 nodes;
            (shown.pointer, nodes) = LeafRange.hashLeaves(leaves, count);
            (shown.from, shown.to) = (first * LEAF, (first + count) * LEAF);
            if (shown.to > size) shown.to = size;
            return (shown, LeafRange.isProved(root, nodes, first, count, levels, siblings));
        }
    }

    /// @notice Length of an axis.
    function dim(PageTensor memory tensor, uint256 axis) internal pure returns (uint256) {
        return TensorHeader.dimAt(tensor.dims, axis);
    }

    /// @notice An element.
    function get(PageTensor memory tensor, uint256 element) internal pure returns (int256) {
        uint256 width = tensor.width;
        return Elements.read(tensor.data.find(element * width, width), width, tensor.elementType == U8);
    }

    /// @notice Address of so many bytes. Reverts unless all were opened.
    function find(ProvedBytes memory shown, uint256 first, uint256 count) internal pure returns (uint256) {
        if (first < shown.from || first + count > shown.to) revert ISteps.ByteMissing(first);
        unchecked {
            return shown.pointer + first - shown.from;
        }
    }

    /// @notice A byte.
    function byteAt(ProvedBytes memory shown, uint256 number) internal pure returns (uint8 value) {
        uint256 address_ = shown.find(number, 1);
        assembly ("memory-safe") {
            value := byte(0, mload(address_))
        }
    }

    /// @notice 32 bytes.
    function wordAt(ProvedBytes memory shown, uint256 first) internal pure returns (bytes32 word) {
        uint256 address_ = shown.find(first, 32);
        assembly ("memory-safe") {
            word := mload(address_)
        }
    }
}
