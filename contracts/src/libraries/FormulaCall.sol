// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Claims, IFormulas} from "../interfaces/IFormulas.sol";

/// @title Calls of IFormulas with evidence that stays as it is encoded
/// @notice Evidence is nested, long and of no interest to who hands it on; decoding and encoding it would cost more gas than much of what it proves.
/// @dev In every function of IFormulas the evidence is the last argument, and dynamic. So the other arguments are encoded with a number in its place,
/// which takes one word as the evidence's offset does, the offset is put there, and the encoded evidence follows. Offsets within it count from
/// its own beginning, so it may stand anywhere. What it holds is checked by whom it is for, who takes calls from anybody.
library FormulaCall {
    function shapeOf(IFormulas formulas, bytes calldata formula, Claims memory claims, bytes calldata evidence)
        internal
        view
        returns (uint8, uint32[] memory)
    {
        bytes memory arguments = abi.encode(formula, claims, uint256(0));
        return abi.decode(_call(formulas, IFormulas.shapeOf.selector, arguments, 3, evidence), (uint8, uint32[]));
    }

    function chunksOf(
        IFormulas formulas,
        bytes calldata formula,
        uint32[] memory dims,
        uint64 element,
        Claims memory claims,
        bytes calldata evidence
    ) internal view returns (uint32[] memory) {
        bytes memory arguments = abi.encode(formula, dims, element, claims, uint256(0));
        return abi.decode(_call(formulas, IFormulas.chunksOf.selector, arguments, 5, evidence), (uint32[]));
    }

    function elementOf(
        IFormulas formulas,
        bytes calldata formula,
        uint32[] memory dims,
        uint64 element,
        int128[] memory folded,
        Claims memory claims,
        bytes calldata evidence
    ) internal view returns (int256) {
        bytes memory arguments = abi.encode(formula, dims, element, folded, claims, uint256(0));
        return abi.decode(_call(formulas, IFormulas.elementOf.selector, arguments, 6, evidence), (int256));
    }

    function chunkOf(
        IFormulas formulas,
        bytes calldata formula,
        uint32[] memory dims,
        uint64 element,
        uint32 fold,
        uint32 chunk,
        int128 before,
        Claims memory claims,
        bytes calldata evidence
    ) internal view returns (int128) {
        bytes memory arguments = abi.encode(formula, dims, element, fold, chunk, before, claims, uint256(0));
        return abi.decode(_call(formulas, IFormulas.chunkOf.selector, arguments, 8, evidence), (int128));
    }

    /// @param count How many arguments there are, the evidence being the last. @param evidence abi.encode(Evidence).
    function _call(IFormulas formulas, bytes4 selector, bytes memory arguments, uint256 count, bytes calldata evidence)
        private
        view
        returns (bytes memory result)
    {
        assembly ("memory-safe") {
            let length := mload(arguments)
            mstore(add(arguments, shl(5, count)), length) // the last word of the head: evidence follows all the rest
            // `arguments` was encoded last, so it ends at the free pointer; behind it there is scratch. Its length gives way to the selector.
            let tail := add(add(arguments, 0x20), length)
            let size := 0
            // The first word is the offset of what was encoded alone, 0x20.
            if gt(evidence.length, 0x20) {
                size := sub(evidence.length, 0x20)
                calldatacopy(tail, add(evidence.offset, 0x20), size)
            }
            mstore(arguments, shr(224, selector))
            let ok := staticcall(gas(), formulas, add(arguments, 0x1c), add(add(length, 0x04), size), 0, 0)
            result := mload(0x40)
            returndatacopy(add(result, 0x20), 0, returndatasize())
            if iszero(ok) { revert(add(result, 0x20), returndatasize()) }
            mstore(result, returndatasize())
            mstore(0x40, and(add(add(result, 0x3f), returndatasize()), not(0x1f)))
        }
    }
}
