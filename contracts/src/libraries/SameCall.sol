// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title A call handed on as it came
library SameCall {
    /// @notice Asks another contract what this one was asked, by the same calldata. Reverts as it does.
    /// @return result What it returns.
    function ask(address target) internal view returns (bytes memory result) {
        assembly ("memory-safe") {
            result := mload(0x40)
            calldatacopy(result, 0, calldatasize())
            let ok := staticcall(gas(), target, result, calldatasize(), 0, 0)
            returndatacopy(add(result, 0x20), 0, returndatasize())
            if iszero(ok) { revert(add(result, 0x20), returndatasize()) }
            mstore(result, returndatasize())
            mstore(0x40, and(add(add(result, 0x3f), returndatasize()), not(0x1f)))
        }
    }
}
