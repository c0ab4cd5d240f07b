// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EscrowAccounts} from "./escrow/EscrowAccounts.sol";
import {EscrowLedger} from "./escrow/EscrowLedger.sol";
import {EscrowSettlement} from "./escrow/EscrowSettlement.sol";
import {IProviderRegistry} from "../interfaces/IProviderRegistry.sol";
import {ExactTransfer} from "../libraries/ExactTransfer.sol";
import {VoucherHash} from "../libraries/VoucherHash.sol";
import {Receipt} from "../types/Market.sol";

/// @title The escrow
/// @notice See IEscrow. Payers are in EscrowAccounts, locks in EscrowLocks, claims in EscrowSettlement, and here are the offers'
/// side: opening, direct payments, collecting, and proving an overcharge.
contract Escrow is EscrowAccounts, EscrowSettlement {
    /// @param token_ ERC-20 that is deposited and paid.
    /// @param registry ProviderRegistry whose offers are paid here.
    /// @param withdrawalDelay_ Seconds between announcing a withdrawal, or removing a key, and its effect.
    /// @param maxVoucherValidity_ Seconds; must be less than the delay, which leaves the rest to settle in.
    constructor(address token_, address registry, uint40 withdrawalDelay_, uint40 maxVoucherValidity_)
        EscrowLedger(token_, registry, withdrawalDelay_, maxVoucherValidity_)
    {}

    function openOffer(bytes32 offerId, address provider, address sink) external {
        if (msg.sender != _registry) revert NotRegistry(msg.sender);
        if (provider == address(0) || sink == address(0)) revert ZeroAddress();
        if (_parties[offerId].provider != address(0)) revert OfferAlreadyOpen(offerId);
        _parties[offerId] = Parties(provider, sink);
        address settler = nextSettlerOf(provider);
        _revenues[provider][offerId].settler = settler;
        emit OfferOpened(offerId, provider, sink, settler);
    }

    function pay(bytes32 offerId, uint96 amount) external {
        address provider = _parties[offerId].provider;
        if (provider == address(0)) revert UnknownOffer(offerId);
        _owe(amount, ExactTransfer.pull(_token, msg.sender, amount));
        _revenues[provider][offerId].amount += amount;
        emit OfferPaid(offerId, msg.sender, amount);
    }

    function collect(bytes32 offerId) external returns (uint256 amount) {
        Parties memory parties = _parties[offerId];
        address sink = parties.sink;
        if (sink == address(0)) revert UnknownOffer(offerId);
        if (msg.sender != sink) revert NotSink(offerId, msg.sender, sink);
        Revenue storage revenue = _revenues[parties.provider][offerId];
        amount = revenue.amount;
        if (amount == 0) return 0;
        revenue.amount = 0;
        _totalOwed -= amount;
        emit RevenueCollected(offerId, sink, amount);
        ExactTransfer.push(_token, sink, amount);
    }

    function proveOvercharge(Receipt calldata receipt, bytes calldata signature) external returns (uint256 paid) {
        Lane memory lane = _lanes[VoucherHash.channelOf(receipt.payer, receipt.offerId, receipt.lane)];
        if (lane.settled <= receipt.chargedCumulative) revert NotOvercharged(lane.settled, receipt.chargedCumulative);
        if (lane.ceiling > receipt.voucherCumulative) revert LaterVoucherUsed(lane.ceiling, receipt.voucherCumulative);

        IProviderRegistry registry = IProviderRegistry(_registry);
        emit OverchargeProved(
            registry.receiptDigest(receipt), receipt.offerId, receipt.payer, lane.settled - receipt.chargedCumulative
        );
        // The stake may be another token than what was overcharged, so the amounts cannot be compared: the offer's cap decides.
        (paid,) = registry.slash(receipt, signature, receipt.payer, type(uint96).max);
    }

    /// @dev A voucher may be settled until it expires, and a payer who watches its lanes once per withdrawal delay sees it in time.
    function challengeWindow() external view returns (uint40) {
        return maxVoucherValidity + withdrawalDelay;
    }

    /// @dev A proof is one transaction.
    function longestGame() external pure returns (uint40) {
        return 0;
    }

    function judges(bytes32) external pure returns (bool) {
        return false;
    }
}
