// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../src/interfaces/IEscrow.sol";
import {IModelRegistry} from "../../src/interfaces/IModelRegistry.sol";
import {IProviderRegistry} from "../../src/interfaces/IProviderRegistry.sol";
import {ExactTransfer} from "../../src/libraries/ExactTransfer.sol";
import {Offer, ProofKind, Receipt} from "../../src/types/Market.sol";
import {MarketTest} from "../base/MarketTest.sol";
import {OpenArbiter} from "../base/OpenArbiter.sol";
import {FeeToken} from "../hostile/FeeToken.sol";
import {HostileEscrow} from "../hostile/HostileEscrow.sol";

contract ProviderRegistryTest is MarketTest {
    address private constant BURNED = 0x000000000000000000000000000000000000dEaD;
    bytes32 private constant PROFILE = "profile";
    OpenArbiter private arbiter;

    function setUp() public override {
        super.setUp();
        arbiter = new OpenArbiter(7 days, 3 days, PROFILE);
    }

    function test_KnowsWhatItWasMadeWith() public {
        vm.assertEq(registry.stakeToken(), address(stakeToken), "token");
        vm.assertEq(registry.unbondingPeriod(), UNBONDING, "unbonding");
        vm.assertEq(registry.burnPpm(), BURN_PPM, "burn");
        vm.expectRevert(abi.encodeWithSelector(IProviderRegistry.BurnOutOfRange.selector, 0, 1e6));
        deployRegistry(address(stakeToken), models, UNBONDING, 0);
        vm.expectRevert(abi.encodeWithSelector(IProviderRegistry.BurnOutOfRange.selector, 1e6 + 1, 1e6));
        deployRegistry(address(stakeToken), models, UNBONDING, 1e6 + 1);
    }

    function test_RegistersOnce() public {
        vm.expectRevert(abi.encodeWithSelector(IProviderRegistry.AlreadyRegistered.selector, provider));
        vm.prank(provider);
        registry.register("http://127.0.0.1:1", 0, signer);
        vm.expectRevert(abi.encodeWithSelector(IProviderRegistry.EndpointTooLong.selector, 257, 256));
        vm.prank(stranger);
        registry.register(string(new bytes(257)), 0, signer);
        vm.expectRevert(IProviderRegistry.ZeroAddress.selector);
        vm.prank(stranger);
        registry.register("http://127.0.0.1:1", 0, address(0));
        // Nobody can keep a signer from another by naming it first.
        register(stranger, signer);
        vm.assertTrue(registry.isSignerOf(provider, signer), "still the provider's");
    }

    function test_AProviderChangesItsEndpointAndSigner() public {
        vm.expectEmit();
        emit IProviderRegistry.EndpointChanged(provider, "http://127.0.0.1:9", "new");
        vm.prank(provider);
        registry.setEndpoint("http://127.0.0.1:9", "new");
        vm.assertEq(registry.getProvider(provider).endpoint, "http://127.0.0.1:9", "endpoint");
        vm.prank(provider);
        registry.setSigner(stranger);
        vm.assertEq(registry.getProvider(provider).signer, stranger, "signer");
        vm.assertTrue(registry.isSignerOf(provider, signer), "the former one stays accountable");
        vm.expectRevert(abi.encodeWithSelector(IProviderRegistry.NotRegistered.selector, stranger));
        vm.prank(stranger);
        registry.setSigner(stranger);
    }

    function testFuzz_LeavingStakeStaysSlashableForTheWholePeriod(uint96 amount, uint40 early) public {
        amount = uint96(bound(amount, 1, STAKE));
        early = uint40(bound(early, 1, UNBONDING));
        uint40 due = uint40(block.timestamp) + UNBONDING;
        vm.expectEmit();
        emit IProviderRegistry.UnbondingStarted(provider, amount, due);
        vm.prank(provider);
        registry.unbond(amount);
        vm.warp(due - early);
        vm.expectRevert(abi.encodeWithSelector(IProviderRegistry.StillUnbonding.selector, due));
        vm.prank(provider);
        registry.withdrawStake(provider);
        vm.warp(due);
        vm.prank(provider);
        vm.assertEq(registry.withdrawStake(stranger), amount, "amount");
        vm.assertEq(stakeToken.balanceOf(stranger), amount, "arrived");
        vm.assertEq(stakeToken.balanceOf(address(registry)), STAKE - amount, "held");
        vm.expectRevert(abi.encodeWithSelector(IProviderRegistry.NothingToWithdraw.selector, provider));
        vm.prank(provider);
        registry.withdrawStake(provider);
    }

    function test_RefusesStakeThatIsNone() public {
        vm.expectRevert(abi.encodeWithSelector(IProviderRegistry.NotRegistered.selector, stranger));
        registry.stake(stranger, 1);
        vm.expectRevert(IProviderRegistry.ZeroAmount.selector);
        registry.stake(provider, 0);
        vm.expectRevert(abi.encodeWithSelector(IProviderRegistry.InsufficientStake.selector, STAKE, STAKE + 1));
        vm.prank(provider);
        registry.unbond(STAKE + 1);

        FeeToken token = new FeeToken();
        token.set(1e4, false);
        IProviderRegistry other = deployRegistry(address(token), models, UNBONDING, BURN_PPM);
        vm.prank(provider);
        other.register("http://127.0.0.1:1", 0, signer);
        token.mint(address(this), 100);
        token.approve(address(other), 100);
        vm.expectRevert(abi.encodeWithSelector(ExactTransfer.UnsupportedToken.selector, 100, 99));
        other.stake(provider, 100);
    }

    function test_AnOfferIsMadeOnceAndKept() public {
        Offer memory offer = defaultOffer();
        offer.salt = "kept";
        bytes32 id = keccak256(abi.encode(block.chainid, address(registry), offer));
        vm.assertEq(registry.offerIdOf(offer), id, "id");
        vm.assertTrue(!registry.isOpen(id), "not yet");
        vm.expectRevert(abi.encodeWithSelector(IProviderRegistry.UnknownOffer.selector, id));
        registry.getOffer(id);
        vm.expectEmit();
        emit IProviderRegistry.OfferCreated(id, provider, 1, offer);
        vm.assertEq(createOffer(offer), id, "created");
        vm.assertEq(keccak256(abi.encode(registry.getOffer(id))), keccak256(abi.encode(offer)), "every field");
        vm.expectRevert(abi.encodeWithSelector(IProviderRegistry.OfferExists.selector, id));
        createOffer(offer);
    }

    function test_AnOfferIsForSaleWhileStakeThatStaysCoversItsCap() public {
        vm.assertTrue(registry.isOpen(offerId), "open");
        vm.prank(provider);
        registry.unbond(STAKE - SLASH_CAP);
        vm.assertTrue(registry.isOpen(offerId), "just covered");
        vm.prank(provider);
        registry.unbond(1);
        vm.assertTrue(!registry.isOpen(offerId), "not covered");
    }

    function test_RefusesOffersThatBindNobody() public {
        Offer memory offer = defaultOffer();
        offer.salt = "bad";
        bytes32 id = registry.offerIdOf(offer);
        vm.expectRevert(abi.encodeWithSelector(IProviderRegistry.NotRegistered.selector, stranger));
        vm.prank(stranger);
        registry.createOffer(offer);
        register(stranger, signer);
        vm.expectRevert(abi.encodeWithSelector(IProviderRegistry.NotOfferProvider.selector, id, stranger, provider));
        vm.prank(stranger);
        registry.createOffer(offer);

        offer.slashCap = STAKE + 1;
        expectRefusal(offer, abi.encodeWithSelector(IProviderRegistry.InsufficientStake.selector, STAKE, STAKE + 1));
        offer = defaultOffer();
        offer.ownerSharePpm += 1;
        expectRefusal(
            offer,
            abi.encodeWithSelector(IProviderRegistry.OwnerShareMismatch.selector, OWNER_SHARE_PPM + 1, OWNER_SHARE_PPM)
        );
        offer = defaultOffer();
        offer.modelVersion = 2;
        expectRefusal(offer, abi.encodeWithSelector(IModelRegistry.UnknownVersion.selector, 1, 2, 1));
        offer = defaultOffer();
        offer.sink = address(0);
        expectRefusal(offer, abi.encodeWithSelector(IProviderRegistry.ZeroAddress.selector));
        offer = defaultOffer();
        offer.escrow = stranger; // no contract
        expectRefusal(offer, "");
    }

    function test_ExactNeedsAnArbiterThatCanJudgeInTime() public {
        Offer memory offer = exactOffer();
        createOffer(offer);
        offer.salt = "bad";
        offer.arbiter = address(0);
        expectRefusal(offer, abi.encodeWithSelector(IProviderRegistry.ProofKindMismatch.selector));
        offer = exactOffer();
        offer.profile = 0;
        expectRefusal(offer, abi.encodeWithSelector(IProviderRegistry.ProofKindMismatch.selector));
        offer.profile = "another";
        expectRefusal(
            offer,
            abi.encodeWithSelector(
                IProviderRegistry.ArbiterRefusesProfile.selector, address(arbiter), bytes32("another")
            )
        );
        offer = exactOffer();
        offer.arbiter = address(new OpenArbiter(UNBONDING - 1, 1, PROFILE));
        expectRefusal(offer, abi.encodeWithSelector(IProviderRegistry.ArbiterTooSlow.selector, UNBONDING, UNBONDING));
        offer.arbiter = address(new OpenArbiter(UNBONDING - 1, 0, PROFILE));
        createOffer(offer);

        offer = defaultOffer();
        offer.arbiter = address(arbiter);
        expectRefusal(offer, abi.encodeWithSelector(IProviderRegistry.ProofKindMismatch.selector));
        // The escrow judges overcharges, so it must be fast enough too.
        IEscrow slow = deployEscrow(address(usd), address(registry), UNBONDING, VALIDITY);
        offer = defaultOffer();
        offer.escrow = address(slow);
        expectRefusal(
            offer, abi.encodeWithSelector(IProviderRegistry.ArbiterTooSlow.selector, UNBONDING + VALIDITY, UNBONDING)
        );
    }

    function test_ClosingAndReplacing() public {
        Offer memory offer = defaultOffer();
        offer.price = 2e6;
        vm.expectRevert(
            abi.encodeWithSelector(IProviderRegistry.NotOfferProvider.selector, offerId, stranger, provider)
        );
        vm.prank(stranger);
        registry.closeOffer(offerId);
        bytes32 id = registry.offerIdOf(offer);
        vm.expectEmit();
        emit IProviderRegistry.OfferReplaced(offerId, id);
        vm.prank(provider);
        vm.assertEq(registry.replaceOffer(offerId, offer), id, "replacement");
        vm.assertTrue(!registry.isOpen(offerId) && registry.isOpen(id), "one for the other");
        vm.expectRevert(abi.encodeWithSelector(IProviderRegistry.OfferIsClosed.selector, offerId));
        vm.prank(provider);
        registry.closeOffer(offerId);
        // What was sold is still settled.
        settle(claimOf(1, 1e6));
        vm.assertEq(revenue(offerId), 1e6, "revenue");
    }

    function testFuzz_ASlashIsBoundedSplitAndPartlyBurned(uint96 first, uint96 second, uint96 unbonding) public {
        (Receipt memory receipt, bytes memory signature) = exactReceipt();
        first = uint96(bound(first, 1, SLASH_CAP - 1));
        second = uint96(bound(second, 1, type(uint96).max));
        unbonding = uint96(bound(unbonding, 1, STAKE));
        vm.prank(provider);
        registry.unbond(unbonding);

        (uint256 paid, uint256 burned) = arbiter.convict(registry, receipt, signature, payer, first);
        vm.assertEq(paid + burned, first, "what was wanted");
        vm.assertGe(burned, 1, "convicting oneself always costs");
        vm.assertEq(burned, (uint256(first) * BURN_PPM + 1e6 - 1) / 1e6, "burned, rounded up");
        (uint256 paid2, uint256 burned2) = arbiter.convict(registry, receipt, signature, payer, second);
        uint256 left = SLASH_CAP - first;
        vm.assertEq(paid2 + burned2, second < left ? second : left, "within the cap");
        vm.assertEq(stakeToken.balanceOf(payer), paid + paid2, "paid");
        vm.assertEq(stakeToken.balanceOf(BURNED), burned + burned2, "burned");

        IProviderRegistry.Provider memory state = registry.getProvider(provider);
        uint256 taken = paid + burned + paid2 + burned2;
        uint256 staked = STAKE - unbonding;
        vm.assertEq(state.stake, taken < staked ? staked - taken : 0, "from stake first");
        vm.assertEq(uint256(state.stake) + state.unbonding, STAKE - taken, "then from what is leaving");
        vm.assertEq(stakeToken.balanceOf(address(registry)), STAKE - taken, "held");
        vm.assertEq(registry.slashedFor(registry.receiptDigest(receipt)), taken, "remembered");
    }

    function test_NothingLeftToSlashIsSaid() public {
        (Receipt memory receipt, bytes memory signature) = exactReceipt();
        arbiter.convict(registry, receipt, signature, payer, SLASH_CAP);
        bytes32 digest = registry.receiptDigest(receipt);
        vm.expectRevert(
            abi.encodeWithSelector(IProviderRegistry.SlashCapReached.selector, digest, SLASH_CAP, SLASH_CAP)
        );
        arbiter.convict(registry, receipt, signature, payer, 1);
        for (uint64 i = 2; i <= STAKE / SLASH_CAP; ++i) {
            receipt.lane = i;
            arbiter.convict(registry, receipt, signReceipt(receipt), payer, SLASH_CAP);
        }
        receipt.lane = 99;
        signature = signReceipt(receipt);
        vm.expectRevert(abi.encodeWithSelector(IProviderRegistry.InsufficientStake.selector, 0, SLASH_CAP));
        arbiter.convict(registry, receipt, signature, payer, SLASH_CAP);
    }

    function test_ChallengesAreCountedByTheOffersArbiterAlone() public {
        (Receipt memory receipt, bytes memory signature) = exactReceipt();
        bytes32 digest = registry.receiptDigest(receipt);
        address[2] memory others = [address(escrow), stranger];
        for (uint256 i; i < 2; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IProviderRegistry.NotArbiter.selector, receipt.offerId, others[i]));
            vm.prank(others[i]);
            registry.countChallenge(receipt, signature);
        }
        vm.expectRevert(abi.encodeWithSelector(IProviderRegistry.WrongReceiptSigner.selector, address(0), provider));
        vm.prank(address(arbiter));
        registry.countChallenge(receipt, "");
        for (uint256 i; i < 3; ++i) {
            vm.assertEq(registry.challengesOf(digest), i, "so many");
            vm.prank(address(arbiter));
            vm.assertEq(registry.countChallenge(receipt, signature), i, "before");
        }
        vm.expectRevert(abi.encodeWithSelector(IProviderRegistry.WrongReceiptSigner.selector, address(0), provider));
        vm.prank(address(arbiter));
        registry.countChallenge(receipt, "");
        vm.assertEq(registry.slashedFor(digest), 0, "nothing was taken");
        arbiter.convict(registry, receipt, signature, payer, 10);
        vm.assertEq(registry.slashedFor(digest), 10, "beside the count");
        vm.assertEq(registry.challengesOf(digest), 3, "which stays");
        arbiter.convict(registry, receipt, signature, payer, SLASH_CAP);
        vm.expectRevert(
            abi.encodeWithSelector(IProviderRegistry.SlashCapReached.selector, digest, SLASH_CAP, SLASH_CAP)
        );
        vm.prank(address(arbiter));
        registry.countChallenge(receipt, signature);
    }

    /// @dev A provider that is payer and beneficiary too, with an arbiter that obeys it, gets back less than it loses.
    function testFuzz_ConvictingOneselfNeverPays(uint96 amount) public {
        amount = uint96(bound(amount, 1, SLASH_CAP));
        (Receipt memory receipt, bytes memory signature) = exactReceipt();
        arbiter.convict(registry, receipt, signature, provider, amount);
        uint256 after_ = stakeToken.balanceOf(provider) + registry.getProvider(provider).stake;
        vm.assertLt(after_, STAKE, "poorer");
    }

    function test_OnlyTheOffersArbiterAndEscrowSlash() public {
        (Receipt memory receipt, bytes memory signature) = exactReceipt();
        OpenArbiter other = new OpenArbiter(1, 1, PROFILE);
        vm.expectRevert(abi.encodeWithSelector(IProviderRegistry.NotArbiter.selector, receipt.offerId, address(other)));
        other.convict(registry, receipt, signature, payer, 1);
        vm.prank(address(escrow));
        registry.slash(receipt, signature, payer, 1);
        vm.expectRevert(IProviderRegistry.ZeroAddress.selector);
        arbiter.convict(registry, receipt, signature, address(0), 1);
        vm.expectRevert(IProviderRegistry.ZeroAmount.selector);
        arbiter.convict(registry, receipt, signature, payer, 0);
    }

    /// @dev No arbiter can slash for an answer that was never given.
    function testFuzz_ASlashNeedsTheProvidersSignature(uint256 pk, bytes32 changed) public {
        (Receipt memory receipt, bytes memory signature) = exactReceipt();
        pk = bound(pk, 1, 1 << 255);
        vm.assume(pk != SIGNER_PK && changed != receipt.responseDigest);
        bytes memory forged = signReceipt(receipt, pk);
        vm.expectRevert(abi.encodeWithSelector(IProviderRegistry.WrongReceiptSigner.selector, vm.addr(pk), provider));
        arbiter.convict(registry, receipt, forged, payer, 1);
        receipt.responseDigest = changed;
        vm.expectRevert();
        arbiter.convict(registry, receipt, signature, payer, 1);
        vm.expectRevert(abi.encodeWithSelector(IProviderRegistry.WrongReceiptSigner.selector, address(0), provider));
        arbiter.convict(registry, receipt, "", payer, 1);
    }

    function test_AFormerSignersReceiptsStillCount() public {
        (Receipt memory receipt, bytes memory signature) = exactReceipt();
        vm.prank(provider);
        registry.setSigner(stranger);
        (uint256 paid,) = arbiter.convict(registry, receipt, signature, payer, 10);
        vm.assertEq(paid, 5, "paid");
    }

    function test_AReceiptIsGoodOnOneChainAndRegistryOnly() public {
        (Receipt memory receipt, bytes memory signature) = exactReceipt();
        vm.chainId(31_338);
        vm.expectRevert();
        arbiter.convict(registry, receipt, signature, payer, 1);
    }

    /// @dev Amid `openOffer` a hostile escrow tries what it likes: the registry is shut.
    function test_AHostileEscrowEntersNothing() public {
        HostileEscrow hostile = new HostileEscrow();
        Offer memory offer = defaultOffer();
        offer.escrow = address(hostile);
        (Receipt memory receipt, bytes memory signature) = exactReceipt();
        bytes[4] memory attempts = [
            abi.encodeCall(registry.createOffer, (offer)),
            abi.encodeCall(registry.closeOffer, (offerId)),
            abi.encodeCall(registry.slash, (receipt, signature, address(hostile), 1)),
            abi.encodeCall(registry.stake, (provider, 1))
        ];
        for (uint256 i; i < attempts.length; ++i) {
            hostile.aim(address(registry), attempts[i]);
            offer.salt = bytes32(i);
            createOffer(offer);
            vm.assertTrue(!hostile.entered(), "entered");
            vm.assertEq(
                bytes32(bytes4(hostile.result())),
                bytes32(bytes4(keccak256("ReentrancyGuardReentrantCall()"))),
                "by the guard"
            );
        }
    }

    /// @dev An escrow can only slash for receipts under offers that name it.
    function test_AHostileEscrowSlashesNobodyElse() public {
        HostileEscrow hostile = new HostileEscrow();
        (Receipt memory receipt, bytes memory signature) = exactReceipt();
        vm.expectRevert(
            abi.encodeWithSelector(IProviderRegistry.NotArbiter.selector, receipt.offerId, address(hostile))
        );
        hostile.slash(registry, receipt, signature);
    }

    function exactOffer() private view returns (Offer memory offer) {
        offer = defaultOffer();
        offer.proofKind = ProofKind.Exact;
        offer.arbiter = address(arbiter);
        offer.profile = PROFILE;
    }

    function exactReceipt() private returns (Receipt memory receipt, bytes memory signature) {
        receipt = receiptOf(1, 2e6, 1e6);
        receipt.offerId = createOffer(exactOffer());
        signature = signReceipt(receipt);
    }

    function expectRefusal(Offer memory offer, bytes memory reason) private {
        if (offer.salt == 0) offer.salt = "refused";
        if (reason.length == 0) vm.expectRevert();
        else vm.expectRevert(reason);
        createOffer(offer);
    }
}
