// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CompactSignature} from "./CompactSignature.sol";

/// @title Who signed a receipt, as the ProviderRegistry finds it when it slashes
library ReceiptSignature {
    /// @param signature 65 bytes, or 64 as in EIP-2098.
    /// @return signer Zero if nobody did.
    function signerOf(bytes32 digest, bytes calldata signature) internal view returns (address signer) {
        if (signature.length != 64 && signature.length != 65) return address(0);
        uint256 vs = uint256(bytes32(signature[32:]));
        if (signature.length == 65) {
            uint256 v = uint8(signature[64]);
            // A top bit of s is none of EIP-2098's: such an s is too high in any case.
            if ((v != 27 && v != 28) || vs >> 255 != 0) return address(0);
            vs |= (v - 27) << 255;
        }
        return CompactSignature.recover(digest, bytes32(signature), bytes32(vs));
    }
}
