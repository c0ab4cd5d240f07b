// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Sha256Tree} from "./Sha256Tree.sol";

/// @title Digests of tensors and of lists of them, made from what they consist of (specs/digests.md)
library StageTensors {
    uint8 internal constant U8 = 0;
    uint8 internal constant I32 = 2;
    uint8 internal constant U32 = 3;
    uint8 internal constant I64 = 4;

    /// @notice A tensor of rank 1.
    function vector(string memory name, uint8 elementType, uint256 length, bytes32 dataRoot)
        internal
        view
        returns (bytes32)
    {
        return _digest(vectorHeader(name, elementType, length), dataRoot);
    }

    /// @notice A tensor of rank 2.
    function matrix(string memory name, uint8 elementType, uint256 rows, uint256 columns, bytes32 dataRoot)
        internal
        view
        returns (bytes32)
    {
        return _digest(matrixHeader(name, elementType, rows, columns), dataRoot);
    }

    function vectorHeader(string memory name, uint8 elementType, uint256 length) internal pure returns (bytes memory) {
        return abi.encodePacked(uint8(bytes(name).length), name, elementType, uint8(1), uint32(length));
    }

    function matrixHeader(string memory name, uint8 elementType, uint256 rows, uint256 columns)
        internal
        pure
        returns (bytes memory)
    {
        return abi.encodePacked(uint8(bytes(name).length), name, elementType, uint8(2), uint32(rows), uint32(columns));
    }

    /// @notice Root of a tree of data in calldata.
    function rootOf(bytes calldata data) internal view returns (bytes32) {
        uint256 leaves = data.length == 0 ? 1 : (data.length + Sha256Tree.LEAF_BYTES - 1) / Sha256Tree.LEAF_BYTES;
        return Sha256Tree.dataRoot(data, Sha256Tree.depthOf(leaves));
    }

    /// @notice Root of a tree of at most 512 bytes.
    function leafOf(bytes memory data) internal view returns (bytes32) {
        return Sha256Tree.hash(abi.encodePacked(hex"00", data, new bytes(Sha256Tree.LEAF_BYTES - data.length)));
    }

    function list(bytes32 one) internal view returns (bytes32) {
        return Sha256Tree.hash(abi.encodePacked(hex"03010001", one));
    }

    function list(bytes32 one, bytes32 two) internal view returns (bytes32) {
        return Sha256Tree.hash(abi.encodePacked(hex"03010002", one, two));
    }

    function list(bytes32 one, bytes32 two, bytes32 three) internal view returns (bytes32) {
        return Sha256Tree.hash(abi.encodePacked(hex"03010003", one, two, three));
    }

    function _digest(bytes memory header, bytes32 dataRoot) private view returns (bytes32) {
        return Sha256Tree.hash(abi.encodePacked(hex"02", header, dataRoot));
    }
}
