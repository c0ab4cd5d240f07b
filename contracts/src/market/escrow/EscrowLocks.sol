// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EscrowLedger} from "./EscrowLedger.sol";
import {VoucherHash} from "../../libraries/VoucherHash.sol";

/// @title Locks: a part of a deposit kept for one lane
abstract contract EscrowLocks is EscrowLedger {
    uint40 public constant maxLockDuration = 90 days;

    function lock(bytes32 offerId, uint64 lane, uint96 amount, uint40 until) external {
        if (_parties[offerId].provider == address(0)) revert UnknownOffer(offerId);
        bytes32 channel = VoucherHash.channelOf(msg.sender, offerId, lane);
        Lane storage state = _lanes[channel];
        uint40 held = state.lockedUntil;
        if (held != 0 && _ended(held)) {
            _release(msg.sender, offerId, lane, channel);
            held = 0;
        }

        uint40 earliest = held == 0 ? uint40(block.timestamp) + 1 : held;
        uint40 latest = uint40(block.timestamp) + maxLockDuration;
        if (until < earliest || until > latest) revert LockEndsOutOfRange(until, earliest, latest);
        if (amount == 0 && held == 0) revert ZeroAmount();
        uint96 free = _purses[msg.sender].free;
        if (amount > free) revert InsufficientBalance(msg.sender, free, amount);

        state.lockedUntil = until;
        _purses[msg.sender].free = free - amount;
        _locked[channel] += amount;
        emit Locked(msg.sender, offerId, lane, amount, until);
    }

    function unlock(address payer, bytes32 offerId, uint64 lane) external returns (uint256 amount) {
        bytes32 channel = VoucherHash.channelOf(payer, offerId, lane);
        uint40 until = _lanes[channel].lockedUntil;
        if (until == 0) revert NoLock(payer, offerId, lane);
        if (!_ended(until)) revert LockStillHeld(until);
        return _release(payer, offerId, lane, channel);
    }

    /// @dev A lock ends at the second `until`, which is no longer the lane's.
    function _ended(uint40 until) internal view returns (bool) {
        return block.timestamp >= until;
    }

    /// @dev Returns a lock to its payer's free balance.
    function _release(address payer, bytes32 offerId, uint64 lane, bytes32 channel) internal returns (uint256 amount) {
        amount = _locked[channel];
        delete _locked[channel];
        _lanes[channel].lockedUntil = 0;
        // A part of `_totalOwed`, so it fits.
        _purses[payer].free += uint96(amount);
        emit Unlocked(payer, offerId, lane, amount);
    }
}
