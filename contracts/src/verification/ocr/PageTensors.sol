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
/// @param entry Its number in the trace. @param path Where the siblings of its digest lie in calldata, and how many levels of them there are.
/// @param width Bytes of an element.
struct PageTensor {
    uint256 entry;
    uint256 path;
    uint256 levels;
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
    uint256 private constant NUMBER = 4;
    uint256 private constant HIGHEST = 0x8080808080808080808080808080808080808080808080808080808080808080;

    /// @notice The entry of a kind, shown by the opening at `opening`. Reverts unless it is in the trace.
    function open(
        PageClaims calldata claims,
        PageEvidence calldata evidence,
        uint256 opening,
        uint256 kind,
        uint256 piece
    ) internal view returns (PageTensor memory) {
        PageTensor memory none;
        return openBeside(claims, evidence, opening, kind, piece, none);
    }

    /// @notice The same of an entry whose path may end where it meets that of another, which was opened before.
    function openBeside(
        PageClaims calldata claims,
        PageEvidence calldata evidence,
        uint256 opening,
        uint256 kind,
        uint256 piece,
        PageTensor memory other
    ) internal view returns (PageTensor memory) {
        if (opening >= evidence.tensors.length) revert ISteps.WrongPageOpening(opening);
        uint256 entry = PageLayout.entryOf(kind, piece, claims.entries);
        return _show(claims.tree, evidence.tensors[opening], entry, opening, other, kind == PageLayout.ODDS);
    }

    /// @notice The same of an entry by its number. @param opening Where the opening stands, for errors.
    function show(bytes32 tree, PageOpening calldata shown, uint256 entry, uint256 opening)
        internal
        view
        returns (PageTensor memory tensor)
    {
        PageTensor memory none;
        return _show(tree, shown, entry, opening, none, false);
    }

    /// @param raised Whether the leaves are shown with the highest bit of every byte turned.
    function _show(
        bytes32 tree,
        PageOpening calldata shown,
        uint256 entry,
        uint256 opening,
        PageTensor memory other,
        bool raised
    ) private view returns (PageTensor memory tensor) {
        bytes32[] calldata path = shown.path;
        bytes32 node = Sha256Tree.climb(TensorHeader.digest(shown.header, shown.dataRoot), entry, path);
        if (node != tree && !_isBeside(other, node, entry, path.length)) revert ISteps.WrongPageOpening(opening);
        (tensor.entry, tensor.levels) = (entry, path.length);
        assembly ("memory-safe") {
            mstore(add(tensor, 0x20), path.offset)
        }
        (tensor.elementType, tensor.rank, tensor.dims) = TensorHeader.parse(shown.header);
        tensor.width = TensorHeader.bytesOf(tensor.elementType);
        uint256 size = TensorHeader.elementsOf(tensor.dims, tensor.rank) * tensor.width;
        bool proved;
        (tensor.data, proved) = prove(shown.dataRoot, size, shown.first, shown.data, shown.siblings, raised);
        if (!proved) revert ISteps.WrongPageOpening(opening);
    }

    /// @dev Whether a node `level` levels above an entry is one that another entry's path has as a sibling: then it is proved with that one.
    function _isBeside(PageTensor memory other, bytes32 node, uint256 entry, uint256 level)
        private
        pure
        returns (bool)
    {
        if (level >= other.levels || (entry >> level) ^ 1 != other.entry >> level) return false;
        uint256 path = other.path;
        bytes32 sibling;
        assembly ("memory-safe") {
            sibling := calldataload(add(path, shl(5, level)))
        }
        return sibling == node;
    }

    /// @notice Leaves of `size` bytes under `root`, from number `first` on; or none of them.
    /// @param raised Whether they are shown with the highest bit of every byte turned.
    function prove(
        bytes32 root,
        uint256 size,
        uint256 first,
        bytes calldata leaves,
        bytes32[] calldata siblings,
        bool raised
    ) internal view returns (ProvedBytes memory shown, bool) {
        unchecked {
            uint256 count = leaves.length / LEAF;
            if (leaves.length == 0) return (shown, true);
            uint256 levels = Sha256Tree.depthOf((size + LEAF - 1) / LEAF);
            if (leaves.length % LEAF != 0 || first + count > 1 << levels) return (shown, false);
            uint256 nodes;
            (shown.pointer, nodes) = LeafRange.copyLeaves(leaves, count);
            if (raised) _lower(shown.pointer, leaves.length);
            LeafRange.hashCopied(shown.pointer, nodes, count);
            (shown.from, shown.to) = (first * LEAF, (first + count) * LEAF);
            if (shown.to > size) shown.to = size;
            // The siblings of one leaf are its path.
            if (count == 1) return (shown, siblings.length == levels && _above(nodes, first, siblings) == root);
            return (shown, LeafRange.isProved(root, nodes, first, count, levels, siblings));
        }
    }

    /// @dev What stands above a node at an address.
    function _above(uint256 node, uint256 index, bytes32[] calldata path) private view returns (bytes32) {
        bytes32 hash;
        assembly ("memory-safe") {
            hash := mload(node)
        }
        return Sha256Tree.climb(hash, index, path);
    }

    /// @dev Turns the highest bit of every byte. @param length A multiple of 32.
    function _lower(uint256 from, uint256 length) private pure {
        assembly ("memory-safe") {
            for { let end := add(from, length) } lt(from, end) { from := add(from, 0x20) } {
                mstore(from, xor(mload(from), HIGHEST))
            }
        }
    }

    /// @notice Length of an axis.
    function dim(PageTensor memory tensor, uint256 axis) internal pure returns (uint256) {
        return TensorHeader.dimAt(tensor.dims, axis);
    }

    /// @notice The elements of a tensor of four-byte integers from `first` on, copied so that `numberAt` reads one in a word.
    /// @return from Where they lie.
    function numbers(PageTensor memory tensor, uint256 first, uint256 count) internal pure returns (uint256 from) {
        if (tensor.width != NUMBER) revert ISteps.ByteMissing(first * NUMBER);
        uint256 found = tensor.data.find(first * NUMBER, count * NUMBER);
        assembly ("memory-safe") {
            from := mload(0x40)
            mstore(0x40, add(from, and(add(shl(2, count), 0x3f), not(0x1f))))
        }
        Elements.turn(found, from, count * NUMBER, NUMBER);
    }

    /// @notice One of them.
    function numberAt(uint256 from, uint256 place) internal pure returns (int256 value) {
        assembly ("memory-safe") {
            value := sar(224, mload(add(from, shl(2, place))))
        }
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
