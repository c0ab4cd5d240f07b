// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC3009} from "@openzeppelin/contracts/interfaces/draft-IERC3009.sol";
import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {OfferAccount} from "./OfferAccount.sol";
import {IEscrow} from "../interfaces/IEscrow.sol";
import {IOfferPayments} from "../interfaces/IOfferPayments.sol";

/// @title Payments to an offer by signed transfer
/// @notice See IOfferPayments.
/// @dev Holds nothing itself. The token is the only stranger called, and the accounts answer to this contract alone, so that no balance
/// falls while its growth is measured.
contract OfferPayments is IOfferPayments, ReentrancyGuardTransient {
    /// @dev What one transfer may take: some 65,000 for the test dollar with fresh slots, 110,000 for tokens behind proxies. Bounded, because a
    /// token may call the payer (ERC-1271), who could otherwise burn what the rest of the batch needs.
    uint256 private constant TRANSFER_GAS = 200_000;
    /// @dev With it at hand a call gets TRANSFER_GAS whole (EIP-150 keeps a 64th back), and what follows it here can be paid.
    uint256 private constant NEEDED_GAS = 215_000;

    address public immutable escrow;
    IERC20 private immutable _token;
    address private immutable _account;

    constructor(IEscrow escrow_) {
        escrow = address(escrow_);
        _token = IERC20(escrow_.token());
        _account = address(new OfferAccount(escrow_));
    }

    function accountOf(bytes32 offerId) public view returns (address) {
        return Clones.predictDeterministicAddressWithImmutableArgs(_account, abi.encode(offerId), 0);
    }

    function settle(OfferAuthorizations[] calldata batch) external nonReentrant {
        for (uint256 i; i < batch.length; ++i) {
            bytes32 offerId = batch[i].offerId;
            Authorization[] calldata authorizations = batch[i].authorizations;
            address account = accountOf(offerId);
            uint256 held = _token.balanceOf(account);
            for (uint256 j; j < authorizations.length; ++j) {
                held = _use(offerId, account, held, authorizations[j]);
            }
            if (held != 0) _sweep(offerId, account);
        }
    }

    function sweep(bytes32 offerId) external nonReentrant returns (uint256 amount) {
        address account = accountOf(offerId);
        return _token.balanceOf(account) == 0 ? 0 : _sweep(offerId, account);
    }

    /// @dev What is told is what arrived: a token whose fallback swallows unknown calls would let anyone pass for a payer.
    /// @param before Wei that the account held. @return held Wei that it holds.
    function _use(bytes32 offerId, address account, uint256 before, Authorization calldata authorization)
        private
        returns (uint256 held)
    {
        if (gasleft() < NEEDED_GAS) revert GasTooLow(gasleft(), NEEDED_GAS);
        _transfer(account, authorization);
        held = _token.balanceOf(account);
        if (held > before) {
            emit PaymentSettled(offerId, authorization.payer, authorization.nonce, held - before);
        } else {
            emit PaymentRefused(offerId, authorization.payer, authorization.nonce);
        }
    }

    /// @dev Looks neither at success, which the balance tells, nor at what is returned, which could be long.
    function _transfer(address account, Authorization calldata a) private {
        bytes memory data = abi.encodeCall(
            IERC3009.transferWithAuthorization,
            (
                a.payer,
                account,
                a.amount,
                a.validAfter,
                a.validBefore,
                a.nonce,
                uint8(uint256(a.vs) >> 255) + 27,
                a.r,
                bytes32(uint256(a.vs) << 1 >> 1)
            )
        );
        address token = address(_token);
        assembly ("memory-safe") {
            pop(call(TRANSFER_GAS, token, 0, add(data, 0x20), mload(data), 0, 0))
        }
    }

    function _sweep(bytes32 offerId, address account) private returns (uint256 amount) {
        if (account.code.length == 0) {
            Clones.cloneDeterministicWithImmutableArgs(_account, abi.encode(offerId), 0);
        }
        amount = OfferAccount(account).sweep();
        emit PaymentsSwept(offerId, amount);
    }
}
