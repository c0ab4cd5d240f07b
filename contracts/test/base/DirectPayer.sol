// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IOfferPayments} from "../../src/interfaces/IOfferPayments.sol";
import {StoaUSD} from "../../src/token/StoaUSD.sol";
import {Test} from "./Test.sol";

/// @title Signs what a payer of x402's scheme `exact` signs
abstract contract DirectPayer is Test {
    bytes32 private constant TYPEHASH = keccak256(
        "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
    );

    /// @dev An authorization of `amount` wei to `to`, good for an hour.
    function authorizationOf(StoaUSD token, uint256 payerPk, address to, uint256 amount, bytes32 nonce)
        internal
        view
        returns (IOfferPayments.Authorization memory authorization)
    {
        authorization =
            IOfferPayments.Authorization(vm.addr(payerPk), amount, 0, block.timestamp + 1 hours, nonce, 0, 0);
        bytes32 message =
            keccak256(abi.encode(TYPEHASH, vm.addr(payerPk), to, amount, 0, authorization.validBefore, nonce));
        (authorization.r, authorization.vs) =
            vm.signCompact(payerPk, keccak256(bytes.concat(hex"1901", token.DOMAIN_SEPARATOR(), message)));
    }

    /// @dev As anybody sends it, to the token itself.
    function transferDirectly(StoaUSD token, address to, IOfferPayments.Authorization memory a) internal {
        (uint8 v, bytes32 s) = (uint8(uint256(a.vs) >> 255) + 27, bytes32(uint256(a.vs) << 1 >> 1));
        token.transferWithAuthorization(a.payer, to, a.amount, a.validAfter, a.validBefore, a.nonce, v, a.r, s);
    }

    function paymentsOf(bytes32 offerId, uint256 count)
        internal
        pure
        returns (IOfferPayments.OfferAuthorizations[] memory batch)
    {
        batch = new IOfferPayments.OfferAuthorizations[](1);
        batch[0].offerId = offerId;
        batch[0].authorizations = new IOfferPayments.Authorization[](count);
    }
}
