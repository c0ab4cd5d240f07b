// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Trees} from "../Trees.sol";

/// @title Requests and responses as the page has them, written for reading alone
library Tensors {
    /// @notice Ids as tensors hold them.
    function ids(uint256[] memory all) internal pure returns (bytes memory data) {
        data = new bytes(4 * all.length);
        for (uint256 i; i < data.length; ++i) {
            data[i] = bytes1(uint8(all[i / 4] >> (8 * (i % 4))));
        }
    }

    /// @notice Four bytes, the least first.
    function le(uint256 x) internal pure returns (bytes memory) {
        return abi.encodePacked(uint8(x), uint8(x >> 8), uint8(x >> 16), uint8(x >> 24));
    }

    function digest(string memory name, uint8 elementType, uint32[] memory dims, bytes memory data)
        internal
        pure
        returns (bytes32)
    {
        return sha256(abi.encodePacked(hex"02", header(name, elementType, dims), Trees.dataRoot(data)));
    }

    function header(string memory name, uint8 elementType, uint32[] memory dims)
        internal
        pure
        returns (bytes memory all)
    {
        all = abi.encodePacked(uint8(bytes(name).length), name, elementType, uint8(dims.length));
        for (uint256 i; i < dims.length; ++i) {
            all = abi.encodePacked(all, dims[i]);
        }
    }

    function dimsOf(uint256 a) internal pure returns (uint32[] memory dims) {
        dims = new uint32[](1);
        dims[0] = uint32(a);
    }

    function dimsOf(uint256 a, uint256 b) internal pure returns (uint32[] memory dims) {
        dims = new uint32[](2);
        (dims[0], dims[1]) = (uint32(a), uint32(b));
    }

    function list(bytes32[] memory digests) internal pure returns (bytes32) {
        return sha256(abi.encodePacked(hex"0301", uint16(digests.length), digests));
    }

    function list(bytes32 one) internal pure returns (bytes32) {
        bytes32[] memory digests = new bytes32[](1);
        digests[0] = one;
        return list(digests);
    }

    function list(bytes32 one, bytes32 two) internal pure returns (bytes32) {
        bytes32[] memory digests = new bytes32[](2);
        (digests[0], digests[1]) = (one, two);
        return list(digests);
    }

    function list(bytes32 one, bytes32 two, bytes32 three) internal pure returns (bytes32) {
        bytes32[] memory digests = new bytes32[](3);
        (digests[0], digests[1], digests[2]) = (one, two, three);
        return list(digests);
    }
}
