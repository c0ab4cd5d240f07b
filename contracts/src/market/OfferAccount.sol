// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";

import {IEscrow} from "../interfaces/IEscrow.sol";

/// @title The account that an offer is paid to
/// @notice Cloned once an offer, with the offer's id behind the clone's code, so that its address says which offer is paid. All it can
/// do with its tokens is to pay the offer.
contract OfferAccount {
    using SafeERC20 for IERC20;

    IEscrow private immutable _escrow;
    IERC20 private immutable _token;
    address private immutable _payments;

    error NotPayments(address sender);

    /// @dev Created by OfferPayments, which alone may call: it guards against reentry.
    constructor(IEscrow escrow_) {
        _escrow = escrow_;
        _token = IERC20(escrow_.token());
        _payments = msg.sender;
    }

    /// @notice Pays the offer all that is here.
    function sweep() external returns (uint96 amount) {
        if (msg.sender != _payments) revert NotPayments(msg.sender);
        uint256 held = _token.balanceOf(address(this));
        // The escrow holds no more in all; the rest would follow.
        amount = held < type(uint96).max ? uint96(held) : type(uint96).max;
        // The escrow pulls only from whoever calls it, so its allowance is given once.
        if (_token.allowance(address(this), address(_escrow)) < amount) {
            _token.forceApprove(address(_escrow), type(uint256).max);
        }
        _escrow.pay(bytes32(Clones.fetchCloneArgs(address(this))), amount);
    }
}
