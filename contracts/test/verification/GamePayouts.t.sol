// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDisputeErrors} from "../../src/interfaces/IDisputeErrors.sol";
import {IGraphArbiter} from "../../src/interfaces/IGraphArbiter.sol";
import {IProviderRegistry} from "../../src/interfaces/IProviderRegistry.sol";
import {Game, Phase} from "../../src/types/Dispute.sol";
import {Offer, Receipt} from "../../src/types/Market.sol";
import {GameTest, Play} from "./GameTest.sol";
import {Worlds} from "./Worlds.sol";

/// @title How games begin and end, to the second and to the wei
contract GamePayoutsTest is GameTest {
    function longest() internal pure override returns (uint32) {
        return 3;
    }

    function test_KnowsWhatItWasMadeWith() public {
        vm.assertEq(address(arbiter.providerRegistry()), address(registry), "registry");
        vm.assertEq(arbiter.token(), address(stakeToken), "token");
        vm.assertEq(arbiter.challengeWindow(), WINDOW, "window");
        vm.assertEq(arbiter.clock(), CLOCK, "clock");
        vm.assertEq(arbiter.longestGame(), 2 * CLOCK + 1 days, "game");
        vm.assertEq(arbiter.bond(), BOND, "bond");
        vm.assertEq(arbiter.bondBurnPpm(), BOND_BURN_PPM, "burn");
        vm.assertEq(arbiter.PROFILE(), PROFILE, "profile");
        vm.assertTrue(arbiter.judges(PROFILE) && arbiter.judges(COMPOSED) && !arbiter.judges("other"), "judges");
        vm.expectRevert(IGraphArbiter.ZeroAmount.selector);
        deployArbiter(0, CLOCK, BOND, BOND_BURN_PPM);
        vm.expectRevert(IGraphArbiter.ZeroAmount.selector);
        deployArbiter(WINDOW, 0, BOND, BOND_BURN_PPM);
        vm.expectRevert(IGraphArbiter.ZeroAmount.selector);
        deployArbiter(WINDOW, CLOCK, 0, BOND_BURN_PPM);
        vm.expectRevert(abi.encodeWithSelector(IGraphArbiter.BurnOutOfRange.selector, 0, 1e6));
        deployArbiter(WINDOW, CLOCK, BOND, 0);
        vm.expectRevert(abi.encodeWithSelector(IGraphArbiter.BurnOutOfRange.selector, 1e6 + 1, 1e6));
        deployArbiter(WINDOW, CLOCK, BOND, 1e6 + 1);
        vm.expectRevert(IGraphArbiter.ZeroAddress.selector);
        deploy("GraphArbiter", abi.encode(address(0), proofs, stages, WINDOW, CLOCK, BOND, BOND_BURN_PPM));
        vm.expectRevert(IGraphArbiter.ZeroAddress.selector);
        deploy("GraphArbiter", abi.encode(registry, address(0), stages, WINDOW, CLOCK, BOND, BOND_BURN_PPM));
        vm.expectRevert(IGraphArbiter.ZeroAddress.selector);
        deploy("GraphArbiter", abi.encode(registry, proofs, address(0), WINDOW, CLOCK, BOND, BOND_BURN_PPM));
    }

    function test_AChallengeTakesTheBondAndStartsTheSellersClock() public {
        Receipt memory receipt = bareReceipt();
        bytes memory signature = signReceipt(receipt);
        Game memory expected;
        expected.subject = registry.receiptDigest(receipt);
        (expected.provider, expected.payee, expected.challenger) = (provider, payee, challenger);
        (expected.refund, expected.bond, expected.phase) = (CHARGE, BOND, Phase.Commit);
        expected.since = uint40(block.timestamp);
        (expected.sellerLeft, expected.challengerLeft) = (CLOCK, CLOCK);
        uint256 before = stakeToken.balanceOf(challenger);
        vm.expectEmit();
        emit IGraphArbiter.Challenged(1, expected.subject, provider, expected, receipt, signature);
        vm.prank(challenger);
        (uint256 game, Game memory state) = arbiter.challenge(receipt, signature);
        vm.assertEq(keccak256(abi.encode(state)), keccak256(abi.encode(expected)), "state");
        vm.assertEq(arbiter.stateOf(game), keccak256(abi.encode(expected)), "kept");
        vm.assertEq(stakeToken.balanceOf(challenger), before - BOND, "bond");
        vm.assertEq(stakeToken.balanceOf(address(arbiter)), BOND, "held");
    }

    function test_TheBondGrowsWithTheGamesAboutAReceipt() public {
        Receipt memory receipt = bareReceipt();
        bytes memory signature = signReceipt(receipt);
        bytes32 digest = registry.receiptDigest(receipt);
        uint256 before = stakeToken.balanceOf(challenger);
        Game[] memory states = new Game[](3);
        for (uint256 i; i < 3; ++i) {
            vm.assertEq(arbiter.bondFor(digest), (i + 1) * BOND, "the next one's");
            vm.prank(challenger);
            (, states[i]) = arbiter.challenge(receipt, signature);
            vm.assertEq(states[i].bond, (i + 1) * BOND, "this one's");
        }
        vm.assertEq(before - stakeToken.balanceOf(challenger), 6 * BOND, "taken");
        Receipt memory other = bareReceipt();
        other.lane = 78;
        vm.assertEq(arbiter.bondFor(registry.receiptDigest(other)), BOND, "of another receipt");

        // Each gets back, or loses, what it posted; and what is over counts on.
        vm.prank(provider);
        Game memory answered = arbiter.commit(3, states[2], 5, new bytes32[](5));
        vm.warp(block.timestamp + CLOCK + 1);
        arbiter.dismiss(3, answered);
        vm.assertEq(stakeToken.balanceOf(payee), 3 * BOND * 9 / 10, "the third, less a tenth");
        vm.assertEq(arbiter.bondFor(digest), 4 * BOND, "still");
        before = stakeToken.balanceOf(challenger);
        arbiter.proveSilence(2, states[1], receipt, signature);
        vm.assertEq(
            stakeToken.balanceOf(challenger) - before, 2 * BOND + 23.5e6, "the second, and the challenger's share"
        );
        before = stakeToken.balanceOf(challenger);
        arbiter.proveSilence(1, states[0], receipt, signature);
        vm.assertEq(stakeToken.balanceOf(challenger) - before, BOND, "the first");
        vm.assertEq(stakeToken.balanceOf(address(arbiter)), 0, "nothing stays");
    }

    function test_WhatIsApprovedIsTheMostThatIsPosted() public {
        Receipt memory receipt = bareReceipt();
        bytes memory signature = signReceipt(receipt);
        vm.prank(challenger);
        stakeToken.approve(address(arbiter), BOND);
        fund(stranger);
        vm.prank(stranger);
        arbiter.challenge(receipt, signature);
        refuseChallenge(
            receipt,
            signature,
            abi.encodeWithSignature(
                "ERC20InsufficientAllowance(address,uint256,uint256)", address(arbiter), BOND, 2 * BOND
            )
        );
    }

    function test_AWeightsVerdictThatTakesNothingIsNone() public {
        Receipt memory receipt = bareReceipt();
        receipt.weightsDigest = "other";
        bytes memory signature = signReceipt(receipt);
        vm.prank(provider);
        registry.unbond(STAKE);
        vm.warp(block.timestamp + UNBONDING);
        vm.prank(provider);
        registry.withdrawStake(provider);
        vm.warp(receipt.answeredAt);
        vm.expectRevert(abi.encodeWithSelector(IProviderRegistry.InsufficientStake.selector, 0, SLASH_CAP));
        vm.prank(challenger);
        arbiter.proveWeights(receipt, signature);
    }

    function test_AChargeInAnotherTokenIsNotGivenBack() public {
        Offer memory offer = exactly();
        (offer.escrow, offer.sink) = (address(escrow), address(sink));
        Receipt memory receipt = bareReceipt();
        receipt.offerId = createOffer(offer);
        bytes memory signature = signReceipt(receipt);
        vm.prank(challenger);
        (, Game memory state) = arbiter.challenge(receipt, signature);
        vm.assertEq(state.refund, 0, "none");
    }

    function test_TheWindowIsOpenToItsLastSecond() public {
        Receipt memory receipt = bareReceipt();
        bytes memory signature = signReceipt(receipt);
        uint256 end = block.timestamp + WINDOW;
        vm.warp(end + 1);
        refuseChallenge(receipt, signature, abi.encodeWithSelector(IGraphArbiter.WindowClosed.selector, end));
        vm.warp(end);
        vm.prank(challenger);
        arbiter.challenge(receipt, signature);
    }

    function test_RefusesReceiptsOfOthers() public {
        Receipt memory receipt = bareReceipt();
        bytes memory signature = signReceipt(receipt);
        receipt.offerId = bytes32("none");
        refuseChallenge(
            receipt, signature, abi.encodeWithSelector(IProviderRegistry.UnknownOffer.selector, bytes32("none"))
        );
        receipt.offerId = offerId; // attested
        refuseChallenge(receipt, signature, abi.encodeWithSelector(IGraphArbiter.NotJudgedHere.selector, offerId));
        Offer memory offer = exactly();
        offer.arbiter = address(deployArbiter(WINDOW, CLOCK, BOND, BOND_BURN_PPM));
        receipt.offerId = createOffer(offer);
        refuseChallenge(
            receipt, signature, abi.encodeWithSelector(IGraphArbiter.NotJudgedHere.selector, receipt.offerId)
        );
        receipt = bareReceipt();
        receipt.version = 2;
        refuseChallenge(
            receipt, signReceipt(receipt), abi.encodeWithSelector(IProviderRegistry.UnknownReceiptVersion.selector, 2)
        );
        receipt = bareReceipt();
        bytes memory other = signReceipt(receipt, KEY_PK);
        refuseChallenge(
            receipt, other, abi.encodeWithSelector(IProviderRegistry.WrongReceiptSigner.selector, key, provider)
        );
        bytes memory none = abi.encodeWithSelector(IProviderRegistry.WrongReceiptSigner.selector, address(0), provider);
        refuseChallenge(receipt, "", none);
        refuseChallenge(receipt, new bytes(64), none);
        refuseChallenge(receipt, new bytes(65), none);
        refuseChallenge(receipt, bytes.concat(signature, hex"00"), none);
        refuseChallenge(receipt, bytes.concat(signature, hex"0000"), none);
    }

    function test_AnOfferUnderAnotherProfileIsRefusedByTheArbiter() public {
        Offer memory offer = exactly();
        offer.profile = "other";
        vm.expectRevert(
            abi.encodeWithSelector(IProviderRegistry.ArbiterRefusesProfile.selector, address(arbiter), bytes32("other"))
        );
        vm.prank(provider);
        registry.createOffer(offer);
    }

    function test_BothFormsOfASignatureOpenAGameAndCloseIt() public {
        Receipt memory receipt = bareReceipt();
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(SIGNER_PK, registry.receiptDigest(receipt));
        bytes memory signature = abi.encodePacked(r, s, v);
        vm.prank(challenger);
        (uint256 game, Game memory state) = arbiter.challenge(receipt, signature);
        vm.warp(block.timestamp + CLOCK + 1);
        arbiter.proveSilence(game, state, receipt, signature);
        vm.assertEq(stakeOf(provider), STAKE - SLASH_CAP, "slashed");
    }

    function test_ASilentSellerLosesAfterTheLastSecondOfItsClock() public {
        Play memory play = beginBare();
        uint256 end = block.timestamp + CLOCK;
        bytes memory signature = signReceipt(play.receipt);
        vm.warp(end);
        vm.expectRevert(abi.encodeWithSelector(IGraphArbiter.TimeIsNotUp.selector, end));
        arbiter.proveSilence(play.game, play.state, play.receipt, signature);
        vm.warp(end + 1);
        vm.expectRevert(abi.encodeWithSelector(IGraphArbiter.TimeIsUp.selector, end));
        vm.prank(provider);
        arbiter.commit(play.game, play.state, 5, new bytes32[](5));
        vm.expectRevert(abi.encodeWithSelector(IDisputeErrors.WrongPhase.selector, Phase.Commit));
        arbiter.dismiss(play.game, play.state);
        Receipt memory other = bareReceipt();
        other.units = 2;
        bytes32 digest = registry.receiptDigest(other);
        vm.expectRevert(abi.encodeWithSelector(IGraphArbiter.WrongSubject.selector, digest, play.state.subject));
        arbiter.proveSilence(play.game, play.state, other, signature);

        uint256 before = stakeToken.balanceOf(challenger);
        vm.expectEmit();
        emit IGraphArbiter.Convicted(
            play.game, play.state.subject, challenger, IGraphArbiter.Ground.Silence, SLASH_CAP / 2, SLASH_CAP / 2
        );
        vm.prank(stranger);
        arbiter.proveSilence(play.game, play.state, play.receipt, signature);
        // 100 of stake: 50 burn, 3 are the charge, 47 are halved.
        vm.assertEq(stakeToken.balanceOf(payer), 3e6 + 23.5e6, "payer");
        vm.assertEq(stakeToken.balanceOf(challenger) - before, 23.5e6 + BOND, "challenger");
        vm.assertEq(stakeToken.balanceOf(BURNED), 50e6, "burned");
        vm.assertEq(stakeToken.balanceOf(address(arbiter)), 0, "nothing stays");
        vm.expectRevert(abi.encodeWithSelector(IGraphArbiter.WrongState.selector, play.game));
        arbiter.proveSilence(play.game, play.state, play.receipt, signature);
    }

    function test_ASilentChallengerLosesAfterTheLastSecondOfItsClock() public {
        Play memory play = beginBare();
        answerBare(play);
        uint256 end = block.timestamp + CLOCK;
        bytes memory signature = signReceipt(play.receipt);
        vm.warp(end);
        vm.expectRevert(abi.encodeWithSelector(IGraphArbiter.TimeIsNotUp.selector, end));
        arbiter.dismiss(play.game, play.state);
        vm.warp(end + 1);
        vm.expectRevert(abi.encodeWithSelector(IDisputeErrors.WrongPhase.selector, Phase.PickInTrace));
        arbiter.proveSilence(play.game, play.state, play.receipt, signature);
        vm.expectRevert(abi.encodeWithSelector(IGraphArbiter.TimeIsUp.selector, end));
        vm.prank(challenger);
        arbiter.descend(play.game, play.state, 0, 0, new bytes32[](3));
        bytes memory late =
            abi.encodeCall(arbiter.proveCount, (play.game, play.state, play.receipt, signature, Worlds.opening(world)));
        vm.prank(challenger);
        (bool success, bytes memory reason) = address(arbiter).call(late);
        vm.assertTrue(!success && bytes4(reason) == IGraphArbiter.TimeIsUp.selector, "nor a proof");

        vm.expectEmit();
        emit IGraphArbiter.Dismissed(play.game, play.state.subject, challenger);
        vm.prank(stranger);
        arbiter.dismiss(play.game, play.state);
        vm.assertEq(stakeToken.balanceOf(payee), 18e6, "nine tenths of the bond");
        vm.assertEq(stakeToken.balanceOf(BURNED), 2e6, "a tenth");
        vm.assertEq(stakeOf(provider), STAKE, "nothing else");
        vm.expectRevert(abi.encodeWithSelector(IGraphArbiter.WrongState.selector, play.game));
        arbiter.dismiss(play.game, play.state);
    }

    function testFuzz_OnlyTheOwnTurnSpends(uint40 first, uint40 second, uint40 third) public {
        first = uint40(bound(first, 0, CLOCK));
        second = uint40(bound(second, 0, CLOCK));
        third = uint40(bound(third, 0, CLOCK - first));
        Play memory play = beginBare();
        // 512 entries of zeros: 32 nodes over 16 each.
        bytes32[] memory above = zeros(9);
        bytes32[] memory nodes = new bytes32[](32);
        for (uint256 i; i < 32; ++i) {
            nodes[i] = above[4];
        }
        vm.warp(block.timestamp + first);
        vm.prank(provider);
        Game memory g = arbiter.commit(play.game, play.state, 512, nodes);
        vm.assertEq(g.sellerLeft, CLOCK - first, "the seller's");
        vm.assertEq(g.challengerLeft, CLOCK, "not the challenger's");
        vm.warp(block.timestamp + second);
        bytes32[] memory path = new bytes32[](5);
        for (uint256 i; i < 5; ++i) {
            path[i] = above[4 + i];
        }
        vm.prank(challenger);
        g = arbiter.descend(play.game, g, 31, above[4], path);
        vm.assertEq(g.sellerLeft, CLOCK - first, "not the seller's");
        vm.assertEq(g.challengerLeft, CLOCK - second, "the challenger's");
        vm.warp(block.timestamp + third);
        vm.prank(provider);
        g = arbiter.expand(play.game, g, new bytes32[](16));
        vm.assertEq(g.sellerLeft, CLOCK - first - third, "the sum");
        vm.assertEq(g.since, block.timestamp, "the turn began");
    }

    function test_TheFirstVerdictTakesTheSlashAndTheOthersReturnBonds() public {
        Receipt memory receipt = bareReceipt();
        bytes memory signature = signReceipt(receipt);
        fund(stranger);
        vm.prank(challenger);
        (uint256 first, Game memory one) = arbiter.challenge(receipt, signature);
        vm.prank(stranger);
        (uint256 second, Game memory two) = arbiter.challenge(receipt, signature);
        vm.warp(block.timestamp + CLOCK + 1);
        arbiter.proveSilence(second, two, receipt, signature);
        vm.expectEmit();
        emit IGraphArbiter.Convicted(first, one.subject, challenger, IGraphArbiter.Ground.Silence, 0, 0);
        arbiter.proveSilence(first, one, receipt, signature);
        vm.assertEq(stakeToken.balanceOf(challenger), 10 * BOND, "the bond alone");
        vm.assertEq(stakeToken.balanceOf(stranger), 10 * BOND + 23.5e6, "the first verdict's");
        vm.assertEq(stakeToken.balanceOf(payer), 26.5e6, "once");
        vm.assertEq(stakeOf(provider), STAKE - SLASH_CAP, "no more than the cap");
        refuseChallenge(
            receipt,
            signature,
            abi.encodeWithSelector(IProviderRegistry.SlashCapReached.selector, one.subject, SLASH_CAP, SLASH_CAP)
        );
    }

    function test_UnbondingStakeIsTakenAndWhatIsGoneIsNot() public {
        Play memory play = beginBare();
        vm.prank(provider);
        registry.unbond(STAKE);
        vm.warp(block.timestamp + CLOCK + 1);
        arbiter.proveSilence(play.game, play.state, play.receipt, signReceipt(play.receipt));
        vm.assertEq(registry.getProvider(provider).unbonding, STAKE - SLASH_CAP, "from what leaves");

        // Nothing makes a winner speak in time.
        vm.warp(play.receipt.answeredAt);
        play = beginBare();
        vm.warp(block.timestamp + UNBONDING);
        vm.prank(provider);
        registry.withdrawStake(provider);
        uint256 before = stakeToken.balanceOf(challenger);
        bytes memory signature = signReceipt(play.receipt);
        vm.expectEmit();
        emit IGraphArbiter.Convicted(play.game, play.state.subject, challenger, IGraphArbiter.Ground.Silence, 0, 0);
        arbiter.proveSilence(play.game, play.state, play.receipt, signature);
        vm.assertEq(stakeToken.balanceOf(challenger) - before, BOND, "the bond");
    }

    /// @dev The longest game ends, a day's delay included, before stake can leave that began to with the answer.
    function test_NoStakeLeavesBeforeTheVerdict() public {
        Receipt memory receipt = bareReceipt();
        bytes memory signature = signReceipt(receipt);
        vm.prank(provider);
        registry.unbond(STAKE);
        uint256 start = block.timestamp;
        vm.warp(start + WINDOW);
        vm.prank(challenger);
        (uint256 game, Game memory state) = arbiter.challenge(receipt, signature);
        vm.warp(start + WINDOW + CLOCK);
        vm.prank(provider);
        state = arbiter.commit(game, state, 5, new bytes32[](5));
        vm.warp(start + WINDOW + CLOCK + CLOCK);
        bytes32[] memory path = zeros(3);
        vm.prank(challenger);
        state = arbiter.descend(game, state, 0, 0, path);
        vm.warp(start + WINDOW + arbiter.longestGame());
        arbiter.proveSilence(game, state, receipt, signature);
        vm.assertEq(registry.getProvider(provider).unbonding, STAKE - SLASH_CAP, "taken");
    }

    /// @dev What stands 0 to `levels` − 1 levels above nothing but zeros.
    function zeros(uint256 levels) private pure returns (bytes32[] memory path) {
        path = new bytes32[](levels);
        for (uint256 i = 1; i < levels; ++i) {
            path[i] = sha256(abi.encodePacked(hex"01", path[i - 1], path[i - 1]));
        }
    }

    /// @dev Payer, challenger and seller are one: it loses what burns, half of the cap, and nothing comes of it.
    function test_ASellerThatConvictsItselfLosesTheBurnedShare() public {
        address accomplice = challenger;
        Receipt memory receipt = bareReceipt();
        receipt.payer = accomplice;
        uint256 before = stakeToken.balanceOf(accomplice) + stakeOf(provider);
        vm.prank(accomplice);
        (uint256 game, Game memory state) = arbiter.challenge(receipt, signReceiptFirst(receipt));
        vm.warp(block.timestamp + CLOCK + 1);
        arbiter.proveSilence(game, state, receipt, signReceipt(receipt));
        uint256 left = stakeToken.balanceOf(accomplice) + stakeOf(provider);
        vm.assertEq(before - left, uint256(SLASH_CAP) * BURN_PPM / 1e6, "half of the cap is burned");
    }

    /// @dev One that hurries to convict itself of a stranger's receipt, before a real challenger can, saves the challenger's share alone.
    function test_ASellerThatIsFasterThanItsChallengerStillLoses() public {
        Receipt memory receipt = bareReceipt();
        bytes memory signature = signReceipt(receipt);
        address accomplice = stranger;
        fund(accomplice);
        uint256 before = stakeToken.balanceOf(accomplice) + stakeOf(provider);
        vm.prank(challenger);
        (uint256 game, Game memory state) = arbiter.challenge(receipt, signature);
        vm.prank(accomplice);
        (uint256 own, Game memory quick) = arbiter.challenge(receipt, signature);
        vm.warp(block.timestamp + CLOCK + 1);
        arbiter.proveSilence(own, quick, receipt, signature);
        arbiter.proveSilence(game, state, receipt, signature);
        uint256 left = stakeToken.balanceOf(accomplice) + stakeOf(provider);
        vm.assertEq(before - left, 50e6 + 26.5e6, "what burns and what is the payer's");
        vm.assertEq(stakeToken.balanceOf(challenger), 10 * BOND, "the challenger has its bond");
    }

    function test_ASellerThatLosesAsItsOwnChallengerLosesTheBurnedShareOfTheBond() public {
        Play memory play = beginBare();
        answerBare(play);
        vm.warp(block.timestamp + CLOCK + 1);
        arbiter.dismiss(play.game, play.state);
        vm.assertEq(BOND - stakeToken.balanceOf(payee), uint256(BOND) * BOND_BURN_PPM / 1e6, "a tenth");
    }

    function test_OtherWeightsConvictAtOnce() public {
        Receipt memory receipt = bareReceipt();
        receipt.weightsDigest = world.weights;
        bytes memory signature = signReceipt(receipt);
        vm.expectRevert(IDisputeErrors.NothingProved.selector);
        arbiter.proveWeights(receipt, signature);
        receipt.weightsDigest = "other";
        signature = signReceipt(receipt);
        bytes32 digest = registry.receiptDigest(receipt);
        vm.expectEmit();
        emit IGraphArbiter.Convicted(0, digest, challenger, IGraphArbiter.Ground.Weights, SLASH_CAP / 2, SLASH_CAP / 2);
        vm.prank(challenger);
        arbiter.proveWeights(receipt, signature);
        vm.assertEq(stakeToken.balanceOf(challenger), 10 * BOND + 23.5e6, "no bond was posted");
        vm.assertEq(stakeToken.balanceOf(payer), 26.5e6, "payer");
        vm.expectRevert(
            abi.encodeWithSelector(IProviderRegistry.SlashCapReached.selector, digest, SLASH_CAP, SLASH_CAP)
        );
        arbiter.proveWeights(receipt, signature);
        vm.warp(block.timestamp + WINDOW + 1);
        vm.expectRevert(abi.encodeWithSelector(IGraphArbiter.WindowClosed.selector, block.timestamp - 1));
        arbiter.proveWeights(receipt, signature);
    }

    /// @dev Whoever sends a verdict chooses its gas: too little for the slash must not pass for a slash that is not possible.
    function testFuzz_TooLittleGasIsNoVerdict(uint256 gas) public {
        Play memory play = beginBare();
        bytes memory call =
            abi.encodeCall(arbiter.proveSilence, (play.game, play.state, play.receipt, signReceipt(play.receipt)));
        vm.warp(block.timestamp + CLOCK + 1);
        gas = bound(gas, 20_000, 400_000);
        vm.prank(stranger);
        (bool success,) = address(arbiter).call{gas: gas}(call);
        if (success) vm.assertEq(stakeOf(provider), STAKE - SLASH_CAP, "slashed");
        else vm.assertTrue(arbiter.stateOf(play.game) != 0, "still on");
    }

    function test_AnEscrowThatIsNoneCountsAsOneOfAnotherToken() public {
        // The stake token answers no `token()`; an escrow must answer more than that to be in an offer, so one is put in its place afterwards.
        Offer memory offer = registry.getOffer(exactOffer);
        vm.etch(offer.escrow, hex"fe"); // invalid: takes all gas that it is given
        Receipt memory receipt = bareReceipt();
        bytes memory signature = signReceipt(receipt);
        vm.prank(challenger);
        (, Game memory state) = arbiter.challenge(receipt, signature);
        vm.assertEq(state.refund, 0, "none");
    }

    function signReceiptFirst(Receipt memory receipt) private returns (bytes memory signature) {
        signature = signReceipt(receipt); // takes the prank, which is for the call that follows
        vm.prank(challenger);
    }

    function bareReceipt() private view returns (Receipt memory receipt) {
        receipt = receiptOf(uint64(77), CHARGE, CHARGE);
        (receipt.offerId, receipt.charge) = (exactOffer, CHARGE);
    }

    function exactly() private view returns (Offer memory offer) {
        offer = registry.getOffer(exactOffer);
        offer.salt = "another";
    }

    function answerBare(Play memory play) private {
        vm.prank(provider);
        play.state = arbiter.commit(play.game, play.state, 5, new bytes32[](5));
    }

    function refuseChallenge(Receipt memory receipt, bytes memory signature, bytes memory why) private {
        vm.expectRevert(why);
        vm.prank(challenger);
        arbiter.challenge(receipt, signature);
    }
}
