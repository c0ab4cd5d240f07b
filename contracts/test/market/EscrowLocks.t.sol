// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../src/interfaces/IEscrow.sol";
import {MarketTest} from "../base/MarketTest.sol";

contract EscrowLocksTest is MarketTest {
    uint64 private constant LANE = 7;

    function test_ALockOutranksUnlockedClaimsAndWithdrawals() public {
        vm.prank(payer);
        escrow.requestWithdrawal(DEPOSIT);
        uint40 until = lockFor(30e6, 10 days);
        settle(claimOf(1, DEPOSIT)); // takes all that is free
        vm.warp(block.timestamp + DELAY);
        vm.prank(payer);
        vm.assertEq(escrow.withdraw(payer), 0, "nothing free is left to withdraw");
        settle(claimOf(LANE, 30e6));
        vm.assertEq(revenue(offerId), DEPOSIT, "the lock was paid in full");
        vm.assertEq(escrow.getChannel(payer, offerId, LANE).lockedUntil, 0, "and is over");
        vm.assertLt(block.timestamp, until, "before its end");
        assertSolvent(usd);
    }

    function testFuzz_ClaimsDrawOnTheLockBeforeTheFreeBalance(uint96 locked, uint96 due) public {
        locked = uint96(bound(locked, 1, DEPOSIT));
        due = uint96(bound(due, 1, DEPOSIT));
        lockFor(locked, 1 days);
        settle(claimOf(LANE, due));
        IEscrow.Channel memory channel = escrow.getChannel(payer, offerId, LANE);
        vm.assertEq(channel.locked, due < locked ? locked - due : 0, "lock");
        vm.assertEq(freeOf(payer), DEPOSIT - (due < locked ? locked : due), "free");
        vm.assertEq(revenue(offerId), due, "revenue");
        vm.assertEq(channel.lockedUntil != 0 ? 1 : 0, channel.locked != 0 ? 1 : 0, "held exactly while there is some");
        assertSolvent(usd);
    }

    function test_AnEndedLockIsThePayersAgain() public {
        uint40 until = lockFor(30e6, 1 days);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.LockStillHeld.selector, until));
        escrow.unlock(payer, offerId, LANE);
        vm.warp(until);
        vm.expectEmit();
        emit IEscrow.Unlocked(payer, offerId, LANE, 30e6);
        vm.prank(stranger);
        vm.assertEq(escrow.unlock(payer, offerId, LANE), 30e6, "anyone may return it");
        vm.assertEq(freeOf(payer), DEPOSIT, "free");
        vm.expectRevert(abi.encodeWithSelector(IEscrow.NoLock.selector, payer, offerId, LANE));
        escrow.unlock(payer, offerId, LANE);
    }

    function test_AClaimAfterTheEndReturnsTheLockFirst() public {
        uint40 until = lockFor(30e6, 1 days);
        vm.warp(until);
        settle(claimOf(LANE, 35e6));
        vm.assertEq(revenue(offerId), 35e6, "paid from the free balance");
        vm.assertEq(freeOf(payer), DEPOSIT - 35e6, "which the lock is part of again");
        vm.assertEq(escrow.getChannel(payer, offerId, LANE).lockedUntil, 0, "no lock");
        assertSolvent(usd);
    }

    function test_ALockGrowsAndLastsLongerButNeverShorter() public {
        uint40 until = lockFor(10e6, 2 days);
        uint40 latest = uint40(block.timestamp) + escrow.maxLockDuration();
        vm.expectRevert(abi.encodeWithSelector(IEscrow.LockEndsOutOfRange.selector, until - 1, until, latest));
        vm.prank(payer);
        escrow.lock(offerId, LANE, 1e6, until - 1);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.LockEndsOutOfRange.selector, latest + 1, until, latest));
        vm.prank(payer);
        escrow.lock(offerId, LANE, 1e6, latest + 1);
        vm.prank(payer);
        escrow.lock(offerId, LANE, 5e6, until);
        vm.prank(payer);
        escrow.lock(offerId, LANE, 0, latest);
        IEscrow.Channel memory channel = escrow.getChannel(payer, offerId, LANE);
        vm.assertEq(channel.locked, 15e6, "locked");
        vm.assertEq(channel.lockedUntil, latest, "until");
    }

    function test_ALockAfterAnEndedOneStartsAfresh() public {
        uint40 until = lockFor(40e6, 2 days);
        vm.warp(until);
        vm.prank(payer);
        escrow.lock(offerId, LANE, 45e6, until + 1);
        IEscrow.Channel memory channel = escrow.getChannel(payer, offerId, LANE);
        vm.assertEq(channel.locked, 45e6, "the old one came back and was locked again");
        vm.assertEq(freeOf(payer), DEPOSIT - 45e6, "free");
    }

    function test_RefusesLocksThatMakeNoSense() public {
        uint40 soon = uint40(block.timestamp) + 1 days;
        vm.expectRevert(abi.encodeWithSelector(IEscrow.UnknownOffer.selector, bytes32("unknown")));
        vm.prank(payer);
        escrow.lock("unknown", LANE, 1e6, soon);
        vm.expectRevert(IEscrow.ZeroAmount.selector);
        vm.prank(payer);
        escrow.lock(offerId, LANE, 0, soon);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.InsufficientBalance.selector, payer, DEPOSIT, DEPOSIT + 1));
        vm.prank(payer);
        escrow.lock(offerId, LANE, DEPOSIT + 1, soon);
        uint40 now_ = uint40(block.timestamp);
        vm.expectRevert(
            abi.encodeWithSelector(IEscrow.LockEndsOutOfRange.selector, now_, now_ + 1, now_ + escrow.maxLockDuration())
        );
        vm.prank(payer);
        escrow.lock(offerId, LANE, 1e6, now_);
    }

    function lockFor(uint96 amount, uint40 duration) private returns (uint40 until) {
        until = uint40(block.timestamp) + duration;
        vm.expectEmit();
        emit IEscrow.Locked(payer, offerId, LANE, amount, until);
        vm.prank(payer);
        escrow.lock(offerId, LANE, amount, until);
    }
}
