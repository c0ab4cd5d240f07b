// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../src/interfaces/IEscrow.sol";
import {Offer} from "../../src/types/Market.sol";
import {ContractAccount} from "../base/ContractAccount.sol";
import {MarketTest} from "../base/MarketTest.sol";

contract EscrowSettlementTest is MarketTest {
    uint64 private constant LANE = 7;
    /// @dev Order of secp256k1.
    uint256 private constant ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;

    function testFuzz_MovesWhatIsDue(uint96 first, uint96 second, uint96 slack) public {
        first = uint96(bound(first, 1, DEPOSIT));
        second = uint96(bound(second, 0, DEPOSIT));
        slack = uint96(bound(slack, 0, type(uint96).max - DEPOSIT));
        settle(claimOf(payer, KEY_PK, offerId, LANE, first + slack, first));
        vm.assertEq(revenue(offerId), first, "first");
        settle(claimOf(payer, KEY_PK, offerId, LANE, second + slack, second));

        uint96 most = first > second ? first : second;
        IEscrow.Channel memory channel = escrow.getChannel(payer, offerId, LANE);
        vm.assertEq(channel.settled, most, "the lane is settled as far as the greater claim");
        vm.assertEq(channel.ceiling, most + slack, "the ceiling is the greatest voucher's that moved something");
        vm.assertEq(freeOf(payer), DEPOSIT - most, "the payer paid it once");
        vm.assertEq(revenue(offerId), most, "the offer earned it once");
        assertSolvent(usd);
    }

    function test_SettledTwiceMovesOnce() public {
        IEscrow.Claim memory claim = claimOf(LANE, 3e6);
        settle(claim);
        settle(claim);
        vm.assertEq(revenue(offerId), 3e6, "revenue");
    }

    function test_AnnouncesWhatItPaid() public {
        vm.expectEmit();
        emit IEscrow.Settled(offerId, payer, LANE, 3e6, 3e6, 1);
        settle(claimOf(LANE, 3e6));
    }

    /// @dev An honest seller that uses a smaller voucher late must not look as if no greater one had been used.
    function test_TheCeilingNeverFalls() public {
        settle(claimOf(payer, KEY_PK, offerId, LANE, 10e6, 1e6));
        settle(claimOf(payer, KEY_PK, offerId, LANE, 5e6, 4e6));
        IEscrow.Channel memory channel = escrow.getChannel(payer, offerId, LANE);
        vm.assertEq(channel.settled, 4e6, "settled");
        vm.assertEq(channel.ceiling, 10e6, "ceiling");
    }

    function test_LanesAreIndependent() public {
        settle(claimOf(1, 3e6));
        settle(claimOf(2, 4e6));
        vm.assertEq(revenue(offerId), 7e6, "revenue");
        vm.assertEq(escrow.getChannel(payer, offerId, 1).settled, 3e6, "lane 1");
    }

    function test_DryDepositPaysWhatIsLeftAndTheRestLater() public {
        IEscrow.Claim memory claim = claimOf(LANE, DEPOSIT + 9e6);
        vm.expectEmit();
        emit IEscrow.Settled(offerId, payer, LANE, DEPOSIT, DEPOSIT, 1);
        settle(claim);
        expectRefusal(claim, IEscrow.Refusal.NoFunds);
        settle(claim);
        depositAs(payer, key, 20e6);
        settle(claim);
        vm.assertEq(revenue(offerId), DEPOSIT + 9e6, "revenue");
        vm.assertEq(freeOf(payer), 11e6, "free");
    }

    function test_RefusesAnExpiredVoucher() public {
        IEscrow.Claim memory claim = claimOf(LANE, 1e6);
        vm.warp(claim.validUntil);
        settle(claim);
        vm.assertEq(revenue(offerId), 1e6, "good to its last second");
        claim = claimOf(LANE, 2e6);
        vm.warp(claim.validUntil + 1);
        assertRefused(claim, IEscrow.Refusal.Expired);
    }

    function test_RefusesMoreThanTheVoucher() public {
        assertRefused(claimOf(payer, KEY_PK, offerId, LANE, 1e6, 1e6 + 1), IEscrow.Refusal.OverVoucher);
    }

    function testFuzz_RefusesAnotherSigner(uint256 pk) public {
        pk = bound(pk, 1, ORDER - 1);
        vm.assume(pk != KEY_PK);
        assertRefused(claimOf(payer, pk, offerId, LANE, 1e6, 1e6), IEscrow.Refusal.WrongSigner);
    }

    function test_RefusesThePayersOwnKeyUnlessRegistered() public {
        IEscrow.Claim memory claim = claimOf(payer, PAYER_PK, offerId, LANE, 1e6, 1e6);
        assertRefused(claim, IEscrow.Refusal.WrongSigner);
        vm.prank(payer);
        escrow.addKey(payer);
        settle(claim);
        vm.assertEq(revenue(offerId), 1e6, "registered");
    }

    /// @dev An account without keys must not accept what recovers to the zero address.
    function testFuzz_RefusesGarbageEvenWithoutKeys(bytes32 r, bytes32 vs) public {
        depositAs(stranger, address(0), DEPOSIT);
        IEscrow.Claim memory claim = claimOf(stranger, KEY_PK, offerId, LANE, 1e6, 1e6);
        (claim.r, claim.vs) = (r, vs);
        assertRefused(claim, IEscrow.Refusal.WrongSigner);
        (claim.r, claim.vs) = (0, 0);
        assertRefused(claim, IEscrow.Refusal.WrongSigner);
    }

    /// @dev The voucher's every field is signed: a change of any is another signer's voucher.
    function test_RefusesAVoucherThatWasChanged() public {
        IEscrow.Claim memory claim = claimOf(LANE, 1e6);
        claim.maxCumulative += 1;
        assertRefused(claim, IEscrow.Refusal.WrongSigner);
        claim = claimOf(LANE, 1e6);
        claim.lane += 1;
        assertRefused(claim, IEscrow.Refusal.WrongSigner);
        claim = claimOf(LANE, 1e6);
        claim.validUntil += 1;
        assertRefused(claim, IEscrow.Refusal.WrongSigner);
        claim = claimOf(LANE, 1e6);
        depositAs(stranger, key, DEPOSIT);
        claim.payer = stranger;
        assertRefused(claim, IEscrow.Refusal.WrongSigner);
    }

    function test_RefusesAVoucherForAnotherOffer() public {
        Offer memory other = defaultOffer();
        other.salt = bytes32("other");
        bytes32 otherId = createOffer(other);
        settle(otherId, claimOf(LANE, 1e6));
        vm.assertEq(revenue(otherId), 0, "revenue");
        vm.assertEq(freeOf(payer), DEPOSIT, "free");
    }

    /// @dev A signature in the upper half of s, whose signer the payer even registered, is refused all the same.
    function test_RefusesAHighSOfARegisteredKey() public {
        IEscrow.Claim memory claim = claimOf(LANE, 1e6);
        bytes32 digest = escrow.voucherDigest(payer, offerId, LANE, 1e6, claim.validUntil);
        claim.vs = bytes32(ORDER / 2 + 1);
        address highKey = ecrecover(digest, 27, claim.r, claim.vs);
        vm.assertTrue(highKey != address(0), "a signer");
        vm.prank(payer);
        escrow.addKey(highKey);
        assertRefused(claim, IEscrow.Refusal.WrongSigner);
    }

    function test_RefusesAVoucherForAnotherEscrow() public {
        IEscrow other = deployEscrow(address(usd), address(registry), DELAY, VALIDITY);
        IEscrow.Claim memory claim = claimOf(LANE, 1e6);
        bytes32 digest = other.voucherDigest(payer, offerId, LANE, 1e6, claim.validUntil);
        (claim.r, claim.vs) = vm.signCompact(KEY_PK, digest);
        assertRefused(claim, IEscrow.Refusal.WrongSigner);
    }

    function test_RefusesAVoucherAfterTheChainSplit() public {
        IEscrow.Claim memory claim = claimOf(LANE, 1e6);
        vm.chainId(31_338);
        assertRefused(claim, IEscrow.Refusal.WrongSigner);
        sign(claim, KEY_PK, offerId);
        settle(claim);
        vm.assertEq(revenue(offerId), 1e6, "signed for the new chain id");
    }

    function test_RefusesAnUnknownOffer() public {
        bytes32 unknown = bytes32("unknown");
        IEscrow.Claim memory claim = claimOf(payer, KEY_PK, unknown, LANE, 1e6, 1e6);
        vm.expectEmit();
        emit IEscrow.ClaimRefused(unknown, payer, LANE, IEscrow.Refusal.UnknownOffer);
        settle(unknown, claim);
        vm.assertEq(freeOf(payer), DEPOSIT, "free");
    }

    function test_OneBadClaimDoesNotUndoTheOthers() public {
        IEscrow.OfferClaims[] memory batch = new IEscrow.OfferClaims[](2);
        batch[0].offerId = bytes32("unknown");
        batch[0].claims = new IEscrow.Claim[](1);
        batch[0].claims[0] = claimOf(LANE, 1e6);
        batch[1].offerId = offerId;
        batch[1].claims = new IEscrow.Claim[](3);
        batch[1].claims[0] = claimOf(1, 1e6);
        batch[1].claims[1] = claimOf(payer, PAYER_PK, offerId, 2, 2e6, 2e6);
        batch[1].claims[2] = claimOf(3, 4e6);
        vm.prank(settler);
        escrow.settle(provider, batch);
        vm.assertEq(revenue(offerId), 5e6, "revenue");
        vm.assertEq(freeOf(payer), DEPOSIT - 5e6, "free");
    }

    function test_ContractAccountPaysByItsSessionKey() public {
        ContractAccount account = new ContractAccount(address(this));
        usd.mint(address(account), 10e6);
        account.call(address(usd), abi.encodeCall(usd.approve, (address(escrow), 10e6)));
        account.call(address(escrow), abi.encodeCall(escrow.deposit, (address(account), key, 10e6)));
        settle(claimOf(address(account), KEY_PK, offerId, LANE, 1e6, 1e6));
        vm.assertEq(revenue(offerId), 1e6, "revenue");
        vm.assertEq(freeOf(address(account)), 9e6, "free");
    }

    /// @dev If anyone could settle, the payer could overpay and have an honest seller convicted.
    function test_StrangersCannotSettle() public {
        IEscrow.OfferClaims[] memory batch = batchOf(offerId, claimOf(LANE, 1e6));
        vm.expectRevert(abi.encodeWithSelector(IEscrow.NotSettler.selector, provider, payer));
        vm.prank(payer);
        escrow.settle(provider, batch);
        // Under its own name the stranger finds no such offer.
        vm.prank(payer);
        escrow.settle(payer, batch);
        vm.assertEq(revenue(offerId), 0, "revenue");
    }

    function test_TheProviderSettlesItself() public {
        IEscrow.OfferClaims[] memory batch = batchOf(offerId, claimOf(LANE, 1e6));
        vm.prank(provider);
        escrow.settle(provider, batch);
        vm.assertEq(revenue(offerId), 1e6, "revenue");
    }

    function test_ASettlerCanBeReplaced() public {
        bytes32[] memory ids = new bytes32[](1);
        ids[0] = offerId;
        vm.prank(provider);
        escrow.setSettler(stranger, ids);
        vm.assertEq(escrow.settlerOf(offerId), stranger, "settler");
        vm.assertEq(escrow.nextSettlerOf(provider), stranger, "next settler");
        IEscrow.OfferClaims[] memory batch = batchOf(offerId, claimOf(LANE, 1e6));
        vm.expectRevert(abi.encodeWithSelector(IEscrow.NotSettler.selector, provider, settler));
        vm.prank(settler);
        escrow.settle(provider, batch);
        vm.prank(stranger);
        escrow.settle(provider, batch);
        vm.assertEq(revenue(offerId), 1e6, "revenue");
    }

    function test_NobodyNamesTheSettlerOfAnothersOffer() public {
        bytes32[] memory ids = new bytes32[](1);
        ids[0] = offerId;
        vm.expectRevert(abi.encodeWithSelector(IEscrow.UnknownOffer.selector, offerId));
        vm.prank(stranger);
        escrow.setSettler(stranger, ids);
    }

    function test_AnyoneSendsABatchThatASettlerSigned() public {
        uint256 settlerPk = uint256(keccak256("settler"));
        IEscrow.OfferClaims[] memory batch = batchOf(offerId, claimOf(LANE, 1e6));
        bytes32 digest = escrow.settlementDigest(provider, batch);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(settlerPk, digest);
        bytes memory signature = abi.encodePacked(r, s, v);
        for (uint256 i; i < 2; ++i) {
            vm.prank(stranger);
            escrow.settleFor(provider, batch, settler, signature);
        }
        vm.assertEq(revenue(offerId), 1e6, "once, however often it is sent");

        batch[0].claims[0].cumulative -= 1;
        vm.expectRevert(abi.encodeWithSelector(IEscrow.WrongSettlementSignature.selector, settler));
        escrow.settleFor(provider, batch, settler, signature);
    }

    function test_ASignedBatchNeedsASettlersSignature() public {
        IEscrow.OfferClaims[] memory batch = batchOf(offerId, claimOf(LANE, 1e6));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(PAYER_PK, escrow.settlementDigest(provider, batch));
        vm.expectRevert(abi.encodeWithSelector(IEscrow.NotSettler.selector, provider, payer));
        escrow.settleFor(provider, batch, payer, abi.encodePacked(r, s, v));
    }

    function test_AContractSettlesBySignature() public {
        uint256 ownerPk = uint256(keccak256("contract owner"));
        ContractAccount account = new ContractAccount(vm.addr(ownerPk));
        bytes32[] memory ids = new bytes32[](1);
        ids[0] = offerId;
        vm.prank(provider);
        escrow.setSettler(address(account), ids);
        IEscrow.OfferClaims[] memory batch = batchOf(offerId, claimOf(LANE, 1e6));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(ownerPk, escrow.settlementDigest(provider, batch));
        escrow.settleFor(provider, batch, address(account), abi.encodePacked(r, s, v));
        vm.assertEq(revenue(offerId), 1e6, "revenue");
    }

    function test_TheSettlementDigestIsEip712() public view {
        IEscrow.OfferClaims[] memory batch = batchOf(offerId, claimOf(LANE, 1e6));
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Stoa"),
                keccak256("1"),
                block.chainid,
                address(escrow)
            )
        );
        bytes32 message = keccak256(
            abi.encode(keccak256("Settlement(address provider,bytes32 batch)"), provider, keccak256(abi.encode(batch)))
        );
        bytes32 expected = keccak256(bytes.concat(hex"1901", domain, message));
        vm.assertEq(escrow.settlementDigest(provider, batch), expected, "digest");
    }

    function expectRefusal(IEscrow.Claim memory claim, IEscrow.Refusal reason) private {
        vm.expectEmit();
        emit IEscrow.ClaimRefused(offerId, claim.payer, claim.lane, reason);
    }

    /// @dev Refused with this reason, and nothing moved.
    function assertRefused(IEscrow.Claim memory claim, IEscrow.Refusal reason) private {
        uint256 free = freeOf(claim.payer);
        uint256 earned = revenue(offerId);
        expectRefusal(claim, reason);
        settle(claim);
        vm.assertEq(freeOf(claim.payer), free, "free");
        vm.assertEq(revenue(offerId), earned, "revenue");
    }
}
