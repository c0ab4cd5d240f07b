// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../src/interfaces/IEscrow.sol";
import {Offer} from "../../src/types/Market.sol";
import {MarketTest} from "../base/MarketTest.sol";
import {MarketHandler} from "./MarketHandler.sol";

/// @title What must hold whatever buyers and sellers do
contract MarketInvariants is MarketTest {
    MarketHandler private handler;
    address private immutable dishonest = vm.addr(uint256(keccak256("dishonest provider")));
    bytes32[4] private offers;

    function setUp() public override {
        super.setUp();
        // The default payer's deposit leaves, so that the handler's payers are the only ones.
        vm.prank(payer);
        escrow.requestWithdrawal(DEPOSIT);
        vm.warp(block.timestamp + DELAY);
        vm.prank(payer);
        escrow.withdraw(payer);

        register(dishonest, signer);
        addStake(dishonest, STAKE);
        Offer memory offer = defaultOffer();
        for (uint256 i; i < offers.length; ++i) {
            offer.provider = i % 2 == 0 ? provider : dishonest;
            offer.salt = bytes32(i + 1);
            offers[i] = createOffer(offer);
        }
        handler = new MarketHandler(
            escrow, registry, sink, payments, usd, [provider, dishonest], offers, [payee, modelOwner]
        );
        usd.mint(address(handler), 1e18);
    }

    /// @dev forge asks which contracts to call.
    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// @dev Actions that make no sense are not made; so that the invariants do not hold for want of events, one long run must have
    /// made every kind of call many times.
    function test_ALongRunMakesEveryKindOfCall() public {
        bytes32 seed = "long run";
        for (uint256 i; i < 8_000; ++i) {
            seed = keccak256(abi.encode(seed));
            act(uint256(seed));
        }
        string[15] memory kinds = [
            "deposit",
            "announce",
            "withdraw",
            "lock",
            "unlock",
            "call",
            "settleHonestly",
            "settleDishonestly",
            "collect",
            "withdrawRevenue",
            "pass",
            "abandon",
            "payDirectly",
            "donate",
            "sweep"
        ];
        for (uint256 i; i < kinds.length; ++i) {
            vm.assertGe(handler.done(bytes32(bytes(kinds[i]))), 20, kinds[i]);
        }
        vm.assertGe(handler.convictions(), 3, "as far as the stake goes");
        invariant_MoneyIsConserved();
        invariant_TheSellerRisksItsExposureAtMost();
        invariant_TheBuyerRisksOneCallAtMost();
        invariant_StakeIsWhatTheBooksSay();
        afterInvariant();
    }

    /// @dev One action of the handler, chosen and fed by `random`.
    function act(uint256 random) private {
        uint256 kind = random % 16;
        (uint256 who, uint256 which) = (random >> 8, random >> 16);
        (uint96 amount, uint96 other, bool flag) = (uint96(random >> 24), uint96(random >> 120), random >> 255 == 1);
        if (kind == 0) handler.deposit(who, amount);
        else if (kind == 1) handler.announce(who, amount);
        else if (kind == 2) handler.withdraw(who);
        else if (kind == 3) handler.lock(who, which, amount, uint40(other));
        else if (kind == 4) handler.unlock(who, which);
        else if (kind <= 6) handler.call(who, which, amount, other, flag);
        else if (kind == 7) handler.settleHonestly(who, which);
        else if (kind == 8) handler.settleDishonestly(who, which, amount, flag);
        else if (kind == 9) handler.prove(who, which);
        else if (kind == 10) handler.collect(which);
        else if (kind == 11) handler.withdrawRevenue(who);
        else if (kind == 12) handler.payDirectly(who, which, amount, flag, other % 2 == 0);
        else if (kind == 13) handler.donate(which, amount);
        else if (kind == 14) handler.sweep(which);
        else handler.pass(uint40(amount));
    }

    /// @dev For every wei: where it came from and where it is.
    function invariant_MoneyIsConserved() public view {
        uint256 owed;
        for (uint256 j; j < offers.length; ++j) {
            owed += revenue(offers[j]);
        }
        for (uint256 i; i < handler.PAYERS(); ++i) {
            owed += freeOf(handler.payerOf(i));
            for (uint256 j; j < offers.length; ++j) {
                IEscrow.Channel memory channel = handler.channelOf(i, j);
                owed += channel.locked;
                vm.assertTrue((channel.locked != 0) == (channel.lockedUntil != 0), "a lock has an end, an end a lock");
            }
        }
        vm.assertEq(escrow.totalOwed(), owed, "balances, locks and revenue are all that is owed");
        assertSolvent(usd);
        uint256 credited = sink.balanceOf(payee) + sink.balanceOf(modelOwner);
        vm.assertEq(usd.balanceOf(address(sink)), credited, "the sink holds what it credited");
        uint256 paid = usd.balanceOf(payee) + usd.balanceOf(modelOwner);
        // The default payer's deposit came and went before the handler began.
        uint256 held = usd.balanceOf(address(escrow)) + credited;
        for (uint256 j; j < offers.length; ++j) {
            held += usd.balanceOf(payments.accountOf(offers[j]));
        }
        vm.assertEq(handler.deposited() + handler.paidDirectly(), held + paid + handler.withdrawn(), "in = held + out");
    }

    /// @dev A seller that follows the rules loses at most the exposure it stated, per payer and offer, beside what a lock still holds.
    function invariant_TheSellerRisksItsExposureAtMost() public view {
        for (uint256 i; i < handler.PAYERS(); ++i) {
            for (uint256 j; j < offers.length; j += 2) {
                IEscrow.Channel memory channel = handler.channelOf(i, j);
                (uint96 charged,) = handler.bookOf(i, j);
                vm.assertLe(charged - channel.settled, uint256(handler.EXPOSURE()) + channel.locked, "unpaid");
            }
        }
    }

    /// @dev A buyer that follows the rules loses at most one call's ceiling to a seller that does not, beyond what its receipts say;
    /// and if it loses more than nothing without a later voucher, it can prove it.
    function invariant_TheBuyerRisksOneCallAtMost() public view {
        for (uint256 i; i < handler.PAYERS(); ++i) {
            for (uint256 j; j < offers.length; ++j) {
                IEscrow.Channel memory channel = handler.channelOf(i, j);
                (uint96 charged, uint96 voucher) = handler.bookOf(i, j);
                vm.assertLe(channel.settled, uint256(charged) + handler.MAX_CEILING(), "beyond receipts");
                vm.assertLe(channel.settled, voucher, "beyond vouchers");
            }
        }
    }

    function invariant_StakeIsWhatTheBooksSay() public view {
        vm.assertEq(registry.getProvider(provider).stake, STAKE, "an honest provider is never slashed");
        uint256 left = registry.getProvider(dishonest).stake;
        vm.assertEq(stakeToken.balanceOf(address(registry)), STAKE + left, "held");
        uint256 expected = handler.convictions() * SLASH_CAP;
        vm.assertEq(STAKE - left, expected < STAKE ? expected : STAKE, "every conviction costs the cap");
    }

    /// @dev When all is over nothing is stuck: every lock ends, every deposit leaves, every revenue is paid out.
    function afterInvariant() public {
        vm.warp(block.timestamp + 365 days);
        for (uint256 i; i < handler.PAYERS(); ++i) {
            address account = handler.payerOf(i);
            for (uint256 j; j < offers.length; ++j) {
                if (handler.channelOf(i, j).locked != 0) {
                    escrow.unlock(account, offers[j], handler.laneOf(i, j));
                }
            }
            uint96 free = escrow.getAccount(account).balance;
            if (free == 0) continue;
            vm.prank(account);
            escrow.requestWithdrawal(free);
        }
        vm.warp(block.timestamp + DELAY);
        for (uint256 i; i < handler.PAYERS(); ++i) {
            address account = handler.payerOf(i);
            if (freeOf(account) == 0) continue;
            vm.prank(account);
            escrow.withdraw(account);
        }
        for (uint256 j; j < offers.length; ++j) {
            payments.sweep(offers[j]);
            vm.assertEq(usd.balanceOf(payments.accountOf(offers[j])), 0, "nothing stays unswept");
            sink.collect(offers[j]);
        }
        sink.withdraw(payee);
        sink.withdraw(modelOwner);
        vm.assertEq(usd.balanceOf(address(escrow)) + usd.balanceOf(address(sink)), 0, "nothing is left behind");
        vm.assertEq(escrow.totalOwed(), 0, "nothing is owed");
    }
}
