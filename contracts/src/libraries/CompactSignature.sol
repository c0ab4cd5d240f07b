// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Recovery of EIP-2098 compact signatures
/// @notice Does what OpenZeppelin's `ECDSA.tryRecover(hash, r, vs)` does, and is tested against it, for less gas: it runs once per
/// claim.
library CompactSignature {
    /// @dev Half the order of secp256k1, rounded down. A greater s is the malleable twin of a smaller one (EIP-2).
    uint256 private constant HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;

    /// @return signer Who signed `digest`; zero if nobody did or s is high.
    function recover(bytes32 digest, bytes32 r, bytes32 vs) internal view returns (address signer) {
        assembly ("memory-safe") {
            let s := shr(1, shl(1, vs)) // without the top bit, which is v - 27
            if iszero(gt(s, HALF_ORDER)) {
                let message := mload(0x40) // scratch beyond the free pointer, not kept
                mstore(message, digest)
                mstore(add(message, 0x20), add(27, shr(255, vs)))
                mstore(add(message, 0x40), r)
                mstore(add(message, 0x60), s)
                // The precompile at address 1 returns nothing for a bad signature: 0x00 then stays zero.
                mstore(0x00, 0)
                pop(staticcall(gas(), 1, message, 0x80, 0x00, 0x20))
                signer := mload(0x00)
            }
        }
    }
}
