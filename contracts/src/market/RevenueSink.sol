// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IEscrow} from "../interfaces/IEscrow.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {IProviderRegistry} from "../interfaces/IProviderRegistry.sol";
import {IRevenueSink} from "../interfaces/IRevenueSink.sol";
import {ExactTransfer} from "../libraries/ExactTransfer.sol";
import {Offer} from "../types/Market.sol";

/// @title Revenue split between the payee and the model's owner
/// @notice The owner's share is the offer's snapshot of parts per million, of the offer's revenue since the beginning, rounded down;
/// the payee has the rest. Counting from the beginning, any number of collections rounds no differently than one. The owner
/// is whoever holds the model's token when revenue is collected: a seller of the token collects first.
/// @dev Invariant: the token held equals the sum of balances, when nobody donated.
contract RevenueSink is IRevenueSink, ReentrancyGuardTransient {
    uint256 private constant PPM = 1_000_000;

    IEscrow public immutable escrow;
    IProviderRegistry public immutable providerRegistry;
    IModelRegistry public immutable modelRegistry;
    IERC20 private immutable _token;

    /// @notice Wei of an offer's revenue collected since the beginning.
    mapping(bytes32 offerId => uint256) public collected;
    mapping(address account => uint256) public balanceOf;

    error WrongEscrow(bytes32 offerId, address offered, address escrow);

    constructor(IEscrow escrow_, IProviderRegistry providerRegistry_, IModelRegistry modelRegistry_) {
        escrow = escrow_;
        providerRegistry = providerRegistry_;
        modelRegistry = modelRegistry_;
        _token = IERC20(escrow_.token());
    }

    function token() external view returns (address) {
        return address(_token);
    }

    function collect(bytes32 offerId) external nonReentrant returns (uint256 amount) {
        Offer memory offer = providerRegistry.getOffer(offerId);
        if (offer.escrow != address(escrow)) revert WrongEscrow(offerId, offer.escrow, address(escrow));

        // What arrives is measured, not believed.
        uint256 held = _token.balanceOf(address(this));
        escrow.collect(offerId);
        amount = _token.balanceOf(address(this)) - held;
        if (amount == 0) return 0;

        uint256 before = collected[offerId];
        collected[offerId] = before + amount;
        emit RevenueCollected(offerId, amount);
        uint256 share = (before + amount) * offer.ownerSharePpm / PPM - before * offer.ownerSharePpm / PPM;
        if (share != 0) _credit(offerId, modelRegistry.ownerOf(offer.modelId), share);
        if (share != amount) _credit(offerId, offer.payee, amount - share);
    }

    function withdraw(address account) external nonReentrant returns (uint256 amount) {
        amount = balanceOf[account];
        if (amount == 0) return 0;
        balanceOf[account] = 0;
        emit RevenueWithdrawn(account, amount);
        ExactTransfer.push(_token, account, amount);
    }

    function _credit(bytes32 offerId, address account, uint256 amount) private {
        balanceOf[account] += amount;
        emit RevenueCredited(offerId, account, amount);
    }
}
