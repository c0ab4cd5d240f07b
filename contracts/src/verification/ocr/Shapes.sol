// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Types and lengths of tensors (specs/digests.md)
library Shapes {
    uint8 internal constant U8 = 0;
    uint8 internal constant I8 = 1;
    uint8 internal constant I32 = 2;
    uint8 internal constant U32 = 3;
    uint8 internal constant I64 = 4;

    function pack(uint8 elementType, uint256 a) internal pure returns (uint8, uint32[] memory dims) {
        dims = new uint32[](1);
        dims[0] = uint32(a);
        return (elementType, dims);
    }

    function pack(uint8 elementType, uint256 a, uint256 b) internal pure returns (uint8, uint32[] memory dims) {
        dims = new uint32[](2);
        (dims[0], dims[1]) = (uint32(a), uint32(b));
        return (elementType, dims);
    }

    function pack(uint8 elementType, uint256 a, uint256 b, uint256 c)
        internal
        pure
        returns (uint8, uint32[] memory dims)
    {
        dims = new uint32[](3);
        (dims[0], dims[1], dims[2]) = (uint32(a), uint32(b), uint32(c));
        return (elementType, dims);
    }

    function pack(uint8 elementType, uint256 a, uint256 b, uint256 c, uint256 d)
        internal
        pure
        returns (uint8, uint32[] memory dims)
    {
        dims = new uint32[](4);
        (dims[0], dims[1], dims[2], dims[3]) = (uint32(a), uint32(b), uint32(c), uint32(d));
        return (elementType, dims);
    }
}
