// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../src/interfaces/IEscrow.sol";
import {IProviderRegistry} from "../../src/interfaces/IProviderRegistry.sol";
import {IRevenueSink} from "../../src/interfaces/IRevenueSink.sol";
import {Offer} from "../../src/types/Market.sol";
import {MarketTest} from "../base/MarketTest.sol";

contract RevenueSinkTest is MarketTest {
    /// @dev The contract's own error; not part of every sink.
    error WrongEscrow(bytes32 offerId, address offered, address escrow);

    /// @dev Any number of collections rounds no differently than one.
    function testFuzz_SplitsWithoutDrift(uint96[12] memory amounts, uint32 sharePpm) public {
        sharePpm = uint32(bound(sharePpm, 0, 1e6));
        vm.prank(modelOwner);
        models.setOwnerShare(1, sharePpm);
        Offer memory offer = defaultOffer();
        offer.ownerSharePpm = sharePpm;
        offer.salt = "drift";
        bytes32 id = createOffer(offer);
        uint96 total;
        for (uint256 i; i < amounts.length; ++i) {
            uint96 amount = uint96(bound(amounts[i], 1, 1e6));
            total += amount;
            settle(id, claimOf(payer, KEY_PK, id, 1, total, total));
            vm.assertEq(sink.collect(id), amount, "collected");
            vm.assertEq(sink.balanceOf(modelOwner), uint256(total) * sharePpm / 1e6, "owner, to the wei");
            vm.assertEq(sink.balanceOf(payee), total - sink.balanceOf(modelOwner), "payee, the rest");
        }
        vm.assertEq(usd.balanceOf(address(sink)), total, "held");
        sink.withdraw(payee);
        sink.withdraw(modelOwner);
        vm.assertEq(usd.balanceOf(address(sink)), 0, "nothing is left behind");
        vm.assertEq(usd.balanceOf(payee) + usd.balanceOf(modelOwner), total, "paid");
    }

    function test_WhoeverOwnsTheModelAtCollectionIsPaid() public {
        settle(claimOf(1, 1e6));
        vm.prank(modelOwner);
        models.transferFrom(modelOwner, stranger, 1);
        vm.expectEmit();
        emit IRevenueSink.RevenueCollected(offerId, 1e6);
        vm.expectEmit();
        emit IRevenueSink.RevenueCredited(offerId, stranger, 1e5);
        vm.expectEmit();
        emit IRevenueSink.RevenueCredited(offerId, payee, 9e5);
        sink.collect(offerId);
        vm.assertEq(sink.balanceOf(modelOwner), 0, "the seller of the token collects before it sells");
    }

    function test_CollectingNothingIsNoError() public {
        vm.assertEq(sink.collect(offerId), 0, "collected");
        vm.assertEq(sink.withdraw(stranger), 0, "withdrawn");
    }

    function test_ADonationIsNobodysRevenue() public {
        usd.mint(address(sink), 5e6);
        settle(claimOf(1, 1e6));
        vm.assertEq(sink.collect(offerId), 1e6, "collected");
        vm.assertEq(sink.balanceOf(payee) + sink.balanceOf(modelOwner), 1e6, "credited");
    }

    function test_RefusesOffersOfAnotherEscrow() public {
        IEscrow other = deployEscrow(address(usd), address(registry), DELAY, VALIDITY);
        Offer memory offer = defaultOffer();
        offer.escrow = address(other);
        bytes32 id = createOffer(offer);
        vm.expectRevert(abi.encodeWithSelector(WrongEscrow.selector, id, address(other), address(escrow)));
        sink.collect(id);
        vm.expectRevert(abi.encodeWithSelector(IProviderRegistry.UnknownOffer.selector, bytes32("unknown")));
        sink.collect("unknown");
    }
}
