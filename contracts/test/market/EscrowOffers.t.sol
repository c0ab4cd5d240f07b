// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../src/interfaces/IEscrow.sol";
import {IProviderRegistry} from "../../src/interfaces/IProviderRegistry.sol";
import {Receipt} from "../../src/types/Market.sol";
import {MarketTest} from "../base/MarketTest.sol";

contract EscrowOffersTest is MarketTest {
    uint64 private constant LANE = 7;

    function test_OnlyTheRegistryOpensOffers() public {
        vm.expectRevert(abi.encodeWithSelector(IEscrow.NotRegistry.selector, stranger));
        vm.prank(stranger);
        escrow.openOffer(bytes32("offer"), stranger, stranger);
    }

    function test_AnOfferIsOpenedOnce() public {
        vm.expectRevert(abi.encodeWithSelector(IEscrow.OfferAlreadyOpen.selector, offerId));
        vm.prank(address(registry));
        escrow.openOffer(offerId, stranger, stranger);
        (address opened,) = escrow.revenueOf(offerId);
        vm.assertEq(opened, address(sink), "sink");
    }

    function test_OnlyTheSinkCollects() public {
        settle(claimOf(LANE, 3e6));
        vm.expectRevert(abi.encodeWithSelector(IEscrow.NotSink.selector, offerId, stranger, address(sink)));
        vm.prank(stranger);
        escrow.collect(offerId);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.UnknownOffer.selector, bytes32("unknown")));
        escrow.collect("unknown");
        vm.prank(address(sink));
        vm.assertEq(escrow.collect(offerId), 3e6, "all of it");
        vm.prank(address(sink));
        vm.assertEq(escrow.collect(offerId), 0, "once");
        vm.assertEq(usd.balanceOf(address(sink)), 3e6, "arrived");
        assertSolvent(usd);
    }

    function testFuzz_AnybodyPaysAnOffer(uint96 amount, bool closed) public {
        amount = uint96(bound(amount, 1, type(uint96).max - escrow.totalOwed()));
        if (closed) {
            vm.prank(provider);
            registry.closeOffer(offerId);
        }
        usd.mint(stranger, amount);
        vm.prank(stranger);
        usd.approve(address(escrow), amount);
        vm.expectEmit();
        emit IEscrow.OfferPaid(offerId, stranger, amount);
        vm.prank(stranger);
        escrow.pay(offerId, amount);
        vm.assertEq(revenue(offerId), amount, "revenue");
        assertSolvent(usd);
        vm.assertEq(sink.collect(offerId), amount, "collected");
    }

    function test_APaymentNeedsAnOfferAndMoney() public {
        vm.expectRevert(abi.encodeWithSelector(IEscrow.UnknownOffer.selector, bytes32("unknown")));
        escrow.pay("unknown", 1);
        vm.expectRevert(IEscrow.ZeroAmount.selector);
        escrow.pay(offerId, 0);
        usd.mint(stranger, type(uint96).max);
        vm.prank(stranger);
        usd.approve(address(escrow), type(uint96).max);
        uint256 room = type(uint96).max - escrow.totalOwed();
        vm.expectRevert(abi.encodeWithSelector(IEscrow.AmountTooLarge.selector, type(uint96).max, room));
        vm.prank(stranger);
        escrow.pay(offerId, type(uint96).max);
    }

    function testFuzz_AnOverchargeIsPaidForOutOfStake(uint96 charged, uint96 settled, uint96 ceiling) public {
        ceiling = uint96(bound(ceiling, 1, DEPOSIT));
        settled = uint96(bound(settled, 1, ceiling));
        charged = uint96(bound(charged, 0, settled - 1));
        settle(claimOf(payer, KEY_PK, offerId, LANE, ceiling, settled));
        Receipt memory receipt = receiptOf(LANE, ceiling, charged);
        bytes memory signature = signReceipt(receipt);

        vm.expectEmit();
        emit IEscrow.OverchargeProved(registry.receiptDigest(receipt), offerId, payer, settled - charged);
        vm.prank(stranger);
        vm.assertEq(escrow.proveOvercharge(receipt, signature), SLASH_CAP / 2, "paid");
        vm.assertEq(stakeToken.balanceOf(payer), SLASH_CAP / 2, "to the payer");
        vm.assertEq(registry.getProvider(provider).stake, STAKE - SLASH_CAP, "out of stake");

        vm.expectRevert(
            abi.encodeWithSelector(
                IProviderRegistry.SlashCapReached.selector, registry.receiptDigest(receipt), SLASH_CAP, SLASH_CAP
            )
        );
        escrow.proveOvercharge(receipt, signature);
    }

    /// @dev A seller that keeps the rule: strictly greater vouchers, one receipt each, settles its last receipt's sum with its last
    /// receipt's voucher. Whatever the charges and whenever it settles, none of its receipts convicts it.
    function testFuzz_AnHonestSellerIsNeverConvicted(
        uint96[8] memory ceilings,
        uint96[8] memory charges,
        uint8 settleAt
    ) public {
        Receipt[] memory receipts = new Receipt[](8);
        uint96 charged;
        uint96 voucher;
        for (uint256 i; i < 8; ++i) {
            uint96 charge = uint96(bound(charges[i], 0, 1e6));
            uint96 ceiling = uint96(bound(ceilings[i], charge, 5e6));
            voucher = charged + ceiling > voucher ? charged + ceiling : voucher + 1;
            charged += charge;
            receipts[i] = receiptOf(LANE, voucher, charged);
            if (settleAt >> i & 1 == 1) settle(claimOf(payer, KEY_PK, offerId, LANE, voucher, charged));
        }
        uint256 settled = escrow.getChannel(payer, offerId, LANE).settled;
        for (uint256 i; i < 8; ++i) {
            bytes memory signature = signReceipt(receipts[i]);
            (bool convicted, bytes memory reason) =
                address(escrow).call(abi.encodeCall(escrow.proveOvercharge, (receipts[i], signature)));
            vm.assertTrue(!convicted, "convicted");
            bytes4 expected = settled <= receipts[i].chargedCumulative
                ? IEscrow.NotOvercharged.selector
                : IEscrow.LaterVoucherUsed.selector;
            vm.assertTrue(bytes4(reason) == expected, "reason");
        }
        vm.assertEq(registry.getProvider(provider).stake, STAKE, "stake");
    }

    /// @dev What is left to a dishonest seller: the voucher of a call that it never answered, one call's ceiling.
    function test_AnUnansweredVoucherIsTheMostASellerCanTake() public {
        Receipt memory receipt = receiptOf(LANE, 5e6, 1e6);
        settle(claimOf(LANE, 6e6)); // charged 1e6 + ceiling 5e6, no receipt
        bytes memory signature = signReceipt(receipt);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.LaterVoucherUsed.selector, 6e6, 5e6));
        escrow.proveOvercharge(receipt, signature);
        vm.assertEq(DEPOSIT - freeOf(payer), 1e6 + 5e6, "the payer lost one ceiling beyond its receipts");
    }

    function test_AReceiptSomebodyElseSignedProvesNothing() public {
        settle(claimOf(LANE, 5e6));
        Receipt memory receipt = receiptOf(LANE, 5e6, 1e6);
        bytes memory signature = signReceipt(receipt, PAYER_PK);
        vm.expectRevert(abi.encodeWithSelector(IProviderRegistry.WrongReceiptSigner.selector, payer, provider));
        escrow.proveOvercharge(receipt, signature);
        receipt.version = 2;
        signature = signReceipt(receipt);
        vm.expectRevert(abi.encodeWithSelector(IProviderRegistry.UnknownReceiptVersion.selector, 2));
        escrow.proveOvercharge(receipt, signature);
    }

    function test_JudgesOverchargingAlone() public view {
        vm.assertTrue(!escrow.judges(bytes32("profile")), "no answers");
        vm.assertEq(escrow.longestGame(), 0, "one transaction");
        vm.assertLt(uint256(escrow.challengeWindow()), UNBONDING, "fits");
        vm.assertGe(uint256(escrow.challengeWindow()), VALIDITY, "outlasts the voucher");
    }
}
