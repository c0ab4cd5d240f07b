// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

import {StoaUSD} from "../../src/token/StoaUSD.sol";

/// @notice Asks payers that are contracts whether they signed, in the standard's `v, r, s` form too, as Circle's FiatToken does.
contract AskingToken is StoaUSD {
    constructor() StoaUSD(msg.sender) {}

    function transferWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) public override {
        if (from.code.length != 0) IERC1271(from).isValidSignature(nonce, "");
        super.transferWithAuthorization(from, to, value, validAfter, validBefore, nonce, v, r, s);
    }
}
