// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Trees as the page has them, written for reading alone
/// @notice Second to Sha256Tree, PartTree, Cuts and ModelProof: nothing is shared with them.
library Trees {
    function inner(bytes32 left, bytes32 right) internal pure returns (bytes32) {
        return sha256(abi.encodePacked(hex"01", left, right));
    }

    /// @notice The least d with 2^d ≥ count.
    function depthOf(uint256 count) internal pure returns (uint256 depth) {
        while (2 ** depth < count) ++depth;
    }

    /// @notice Node number `index`, `level` levels above a bottom that goes on with `zero`.
    function nodeAt(bytes32[] memory bottom, bytes32 zero, uint256 level, uint256 index)
        internal
        pure
        returns (bytes32)
    {
        if (level == 0) return index < bottom.length ? bottom[index] : zero;
        return inner(nodeAt(bottom, zero, level - 1, 2 * index), nodeAt(bottom, zero, level - 1, 2 * index + 1));
    }

    function root(bytes32[] memory bottom, bytes32 zero) internal pure returns (bytes32) {
        return nodeAt(bottom, zero, depthOf(bottom.length), 0);
    }

    /// @notice The row `row` levels beneath node `index` at `level`, without what stands over padding alone.
    function row(bytes32[] memory bottom, bytes32 zero, uint256 level, uint256 index, uint256 down)
        internal
        pure
        returns (bytes32[] memory nodes)
    {
        uint256 lower = level - down;
        uint256 count;
        while (count < 2 ** down && (index * 2 ** down + count) * 2 ** lower < bottom.length) ++count;
        nodes = new bytes32[](count);
        for (uint256 i; i < count; ++i) {
            nodes[i] = nodeAt(bottom, zero, lower, index * 2 ** down + i);
        }
    }

    /// @notice Siblings of node `index` at `level` on `levels` levels upwards.
    function path(bytes32[] memory bottom, bytes32 zero, uint256 level, uint256 index, uint256 levels)
        internal
        pure
        returns (bytes32[] memory siblings)
    {
        siblings = new bytes32[](levels);
        for (uint256 i; i < levels; ++i) {
            siblings[i] = nodeAt(bottom, zero, level + i, index % 2 == 0 ? index + 1 : index - 1);
            index /= 2;
        }
    }

    function zeroLeaf() internal pure returns (bytes32) {
        return sha256(abi.encodePacked(hex"00", new bytes(512)));
    }

    /// @notice Leaf `index` of data, filled up with zeros.
    function leafAt(bytes memory data, uint256 index) internal pure returns (bytes memory leaf) {
        leaf = new bytes(512);
        uint256 start = index * 512;
        uint256 length = data.length < start ? 0 : data.length - start;
        copy(leaf, data, start, length < 512 ? length : 512);
    }

    function leavesOf(bytes memory data) internal pure returns (bytes32[] memory leaves) {
        uint256 count = data.length == 0 ? 1 : (data.length + 511) / 512;
        leaves = new bytes32[](count);
        for (uint256 i; i < count; ++i) {
            leaves[i] = sha256(abi.encodePacked(hex"00", leafAt(data, i)));
        }
    }

    function dataRoot(bytes memory data) internal pure returns (bytes32) {
        return root(leavesOf(data), zeroLeaf());
    }

    function slice(bytes memory data, uint256 start, uint256 end) internal pure returns (bytes memory part) {
        part = new bytes(end - start);
        copy(part, data, start, end - start);
    }

    function copy(bytes memory to, bytes memory from, uint256 start, uint256 length) private pure {
        assembly ("memory-safe") {
            mcopy(add(to, 0x20), add(add(from, 0x20), start), length)
        }
    }

    /// @notice Root and siblings over parts: keccak256, zeros beyond the end.
    function partNode(bytes32[] memory parts, uint256 level, uint256 index) internal pure returns (bytes32) {
        if (level == 0) return index < parts.length ? parts[index] : bytes32(0);
        return keccak256(abi.encode(partNode(parts, level - 1, 2 * index), partNode(parts, level - 1, 2 * index + 1)));
    }

    function partPath(bytes32[] memory parts, uint256 index) internal pure returns (bytes32[] memory siblings) {
        siblings = new bytes32[](depthOf(parts.length));
        for (uint256 i; i < siblings.length; ++i) {
            siblings[i] = partNode(parts, i, index % 2 == 0 ? index + 1 : index - 1);
            index /= 2;
        }
    }

    function ceilDiv(uint256 x, uint256 y) internal pure returns (uint256) {
        return x / y + (x % y == 0 ? 0 : 1);
    }

    /// @notice specs/dispute.md, "Rows". @param folds The game's.
    function traceRow(uint256 d, bytes32 folds) internal pure returns (uint256) {
        uint256 m = folds == keccak256("steps") ? 8 : folds == keccak256("run") ? 9 : 7;
        return d == 0 ? 0 : ceilDiv(d, ceilDiv(d, m));
    }

    function dataRow(uint256 d) internal pure returns (uint256 b) {
        if (d <= 4) return 0;
        b = ceilDiv(d + 4, ceilDiv(d - 4, 7) + 1);
        return b > 7 ? 7 : b;
    }

    /// @notice specs/dispute.md, "Parts": chunks of a part, of a run of `chunks` beside `folds` − 1 others.
    function partSize(uint256 chunks, uint256 folds) internal pure returns (uint256) {
        uint256 t = depthOf(folds);
        uint256 m = t < 7 ? 7 - t : 1;
        uint256 d = depthOf(chunks);
        return 2 ** (d - ceilDiv(d, ceilDiv(d, m)));
    }
}
