// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title SHA-256 of what lies in memory, by the precompile at address 2
library Sha256 {
    error HashFailed();

    /// @notice Hash of `length` bytes from a memory address on. Reverts where the precompile fails, as it does for want of gas: going on with what
    /// stood in memory would let a prover choose hashes by choosing gas.
    function hash(uint256 from, uint256 length) internal view returns (bytes32 digest) {
        bool ok;
        assembly ("memory-safe") {
            ok := and(eq(returndatasize(), 0x20), staticcall(gas(), 2, from, length, 0x00, 0x20))
            digest := mload(0x00)
        }
        if (!ok) revert HashFailed();
    }
}
