// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../src/interfaces/IEscrow.sol";
import {IOfferPayments} from "../../src/interfaces/IOfferPayments.sol";
import {Offer, Receipt} from "../../src/types/Market.sol";
import {DirectPayer} from "../base/DirectPayer.sol";
import {MarketTest} from "../base/MarketTest.sol";
import {BurningAccount} from "../hostile/BurningAccount.sol";
import {AskingToken} from "../hostile/AskingToken.sol";
import {SwallowingToken} from "../hostile/SwallowingToken.sol";

contract OfferPaymentsTest is MarketTest, DirectPayer {
    address private account;

    function setUp() public override {
        super.setUp();
        account = payments.accountOf(offerId);
        usd.mint(payer, 100e6);
    }

    function testFuzz_PaysWhoeverMadeTheAnswer(uint256 amount, bytes32 nonce) public {
        amount = bound(amount, 1, 100e6);
        IOfferPayments.OfferAuthorizations[] memory batch = paymentsOf(offerId, 1);
        batch[0].authorizations[0] = authorizationOf(usd, PAYER_PK, account, amount, nonce);
        vm.expectEmit();
        emit IOfferPayments.PaymentSettled(offerId, payer, nonce, amount);
        vm.expectEmit();
        emit IEscrow.OfferPaid(offerId, account, amount);
        vm.expectEmit();
        emit IOfferPayments.PaymentsSwept(offerId, amount);
        vm.prank(stranger);
        payments.settle(batch);
        vm.assertEq(revenue(offerId), amount, "revenue");
        assertSolvent(usd);
        sink.collect(offerId);
        uint256 share = amount * OWNER_SHARE_PPM / 1e6;
        vm.assertEq(sink.balanceOf(modelOwner), share, "the model's owner");
        vm.assertEq(sink.balanceOf(payee), amount - share, "the payee");
    }

    /// @dev Of many some are used, forged, expired, for another account or without funds; whichever, the others are paid.
    function testFuzz_ABadOneHarmsNoOther(uint8[12] memory kinds) public {
        IOfferPayments.OfferAuthorizations[] memory batch = paymentsOf(offerId, kinds.length);
        uint256 expected;
        for (uint256 i; i < kinds.length; ++i) {
            uint256 kind = kinds[i] % 8;
            address to = kind == 1 ? stranger : account;
            IOfferPayments.Authorization memory a =
                authorizationOf(usd, PAYER_PK, to, kind == 2 ? 1_000e6 : 1e6 + i, bytes32(i));
            if (kind == 3) a.validBefore = block.timestamp;
            if (kind == 4) a.amount += 1;
            if (kind == 5) a.vs ^= bytes32(uint256(1));
            if (kind == 6) a.payer = stranger;
            if (kind == 0 && i > 0) a = batch[0].authorizations[i - 1];
            bool again = kind == 0 && i > 0;
            if (kind == 7 || (kind == 0 && !again)) expected += a.amount;
            batch[0].authorizations[i] = a;
        }
        payments.settle(batch);
        vm.assertEq(revenue(offerId), expected, "what was good");
        vm.assertEq(usd.balanceOf(account), 0, "nothing stays");
        assertSolvent(usd);
    }

    /// @dev Front-running gains nothing: what somebody else submits to the token is the offer's all the same.
    function test_WhatAnybodyBringsIsTheOffers() public {
        IOfferPayments.OfferAuthorizations[] memory batch = paymentsOf(offerId, 2);
        batch[0].authorizations[0] = authorizationOf(usd, PAYER_PK, account, 3e6, "a");
        batch[0].authorizations[1] = authorizationOf(usd, PAYER_PK, account, 4e6, "b");
        transferDirectly(usd, account, batch[0].authorizations[0]);
        vm.expectEmit();
        emit IOfferPayments.PaymentRefused(offerId, payer, "a");
        vm.expectEmit();
        emit IOfferPayments.PaymentSettled(offerId, payer, "b", 4e6);
        payments.settle(batch);
        vm.assertEq(revenue(offerId), 7e6, "both");
        vm.prank(payer);
        usd.transfer(account, 5e6);
        vm.prank(stranger);
        vm.assertEq(payments.sweep(offerId), 5e6, "and what is sent without asking");
        vm.assertEq(payments.sweep(offerId), 0, "once");
        vm.assertEq(revenue(offerId), 12e6, "all");
    }

    function test_OffersArePaidApart() public {
        IOfferPayments.OfferAuthorizations[] memory batch = new IOfferPayments.OfferAuthorizations[](2);
        batch[0] = paymentsOf(offerId, 1)[0];
        batch[1] = paymentsOf(otherOffer(), 1)[0];
        for (uint256 i; i < 2; ++i) {
            address to = payments.accountOf(batch[i].offerId);
            batch[i].authorizations[0] = authorizationOf(usd, PAYER_PK, to, 1e6 + i, bytes32(i));
        }
        payments.settle(batch);
        vm.assertEq(revenue(batch[0].offerId), 1e6, "first");
        vm.assertEq(revenue(batch[1].offerId), 1e6 + 1, "second");
    }

    function test_AnOfferThatIsNoneUndoesAll() public {
        IOfferPayments.OfferAuthorizations[] memory batch = paymentsOf("none", 1);
        batch[0].authorizations[0] = authorizationOf(usd, PAYER_PK, payments.accountOf("none"), 1e6, 0);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.UnknownOffer.selector, bytes32("none")));
        payments.settle(batch);
        vm.assertEq(usd.balanceOf(payer), 100e6, "nothing moved");
    }

    function test_OnlySweepingMovesAnAccountsTokens() public {
        payments.settle(one(authorizationOf(usd, PAYER_PK, account, 1e6, 0)));
        (bool ok,) = account.call(abi.encodeWithSignature("sweep()"));
        vm.assertTrue(!ok, "the account answers to its contract alone");
        vm.assertEq(payments.escrow(), address(escrow), "escrow");
    }

    /// @dev Too little gas must not make a good authorization look refused.
    function testFuzz_NeverRefusedForWantOfGas(uint256 gas) public {
        gas = bound(gas, 30_000, 600_000);
        IOfferPayments.OfferAuthorizations[] memory batch = one(authorizationOf(usd, PAYER_PK, account, 1e6, 0));
        (bool ok,) = address(payments).call{gas: gas}(abi.encodeCall(payments.settle, (batch)));
        vm.assertEq(revenue(offerId), ok ? 1e6 : 0, "all or nothing");
        vm.assertTrue(ok || gas < 500_000, "enough");
    }

    /// @dev A token that asks the payer, and a payer that burns what it gets.
    function test_APayerThatBurnsGasHarmsNoOther() public {
        AskingToken token = new AskingToken();
        IEscrow other = deployEscrow(address(token), address(registry), DELAY, VALIDITY);
        IOfferPayments asked = deployPayments(other);
        vm.prank(address(registry));
        other.openOffer(offerId, provider, address(sink));
        token.mint(payer, 1e6);
        address to = asked.accountOf(offerId);
        IOfferPayments.OfferAuthorizations[] memory batch = paymentsOf(offerId, 2);
        batch[0].authorizations[0] = authorizationOf(token, PAYER_PK, to, 1e6, "a");
        batch[0].authorizations[0].payer = address(new BurningAccount());
        batch[0].authorizations[1] = authorizationOf(token, PAYER_PK, to, 1e6, "b");
        (bool ok,) = address(asked).call{gas: 900_000}(abi.encodeCall(asked.settle, (batch)));
        vm.assertTrue(ok, "settled");
        (, uint256 amount) = other.revenueOf(offerId);
        vm.assertEq(amount, 1e6, "the other was paid");
    }

    /// @dev WETH9's kind: what it swallows is nobody's payment.
    function test_ATokenThatSwallowsCallsPaysNothing() public {
        SwallowingToken token = new SwallowingToken();
        IEscrow other = deployEscrow(address(token), address(registry), DELAY, VALIDITY);
        IOfferPayments swallowed = deployPayments(other);
        vm.expectEmit();
        emit IOfferPayments.PaymentRefused(offerId, payer, 0);
        swallowed.settle(one(authorizationOf(usd, PAYER_PK, swallowed.accountOf(offerId), 1e6, 0)));
    }

    /// @dev Receipts of direct payments name lanes on which nothing is ever settled, so that none of them proves an overcharge (specs/x402.md).
    function testFuzz_AReceiptOfADirectPaymentProvesNothing(uint64 lane, uint96 charge) public {
        lane |= 1 << 63;
        Receipt memory receipt = receiptOf(lane, charge, charge);
        bytes memory signature = signReceipt(receipt);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.NotOvercharged.selector, 0, charge));
        escrow.proveOvercharge(receipt, signature);
    }

    function otherOffer() private returns (bytes32) {
        Offer memory offer = defaultOffer();
        offer.salt = "other";
        return createOffer(offer);
    }

    function one(IOfferPayments.Authorization memory a)
        private
        view
        returns (IOfferPayments.OfferAuthorizations[] memory batch)
    {
        batch = paymentsOf(offerId, 1);
        batch[0].authorizations[0] = a;
    }
}
