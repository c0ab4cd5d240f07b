// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDisputeErrors} from "../../src/interfaces/IDisputeErrors.sol";
import {IGraphArbiter} from "../../src/interfaces/IGraphArbiter.sol";
import {Exhibit, FoldClaim, PartProof, Phase} from "../../src/types/Dispute.sol";
import {GameTest, Play} from "./GameTest.sol";
import {StandIn, StandInMath} from "./StandInFormulas.sol";
import {Trees} from "./Trees.sol";
import {Run} from "./Worlds.sol";

/// @title From an element down to one chunk
/// @dev Entry 4 has folds of 5, 1 and 200 chunks: two of several.
contract GameFoldsTest is GameTest {
    uint64 private constant ELEMENT = 11;

    function longest() internal pure override returns (uint32) {
        return 300;
    }

    function test_AFalseElementWithTrueStatesIsProvedFromThem() public {
        Play memory play = toFolds(lie(4, ELEMENT * 8));
        answer(play);
        vm.assertTrue(play.state.phase == Phase.PickPart, "posted");
        proveElement(play, ELEMENT);
        vm.assertEq(stakeOf(provider), STAKE - SLASH_CAP, "slashed");
    }

    /// @dev Fold 0: 5 chunks, one a part.
    function test_AFalseStateOfAShortFold() public {
        Play memory play = liar(0, 3, 1);
        answer(play);
        vm.assertEq(Trees.partSize(5, 2), 1, "one a part");
        refuseChunk(play, 0, 2, IDisputeErrors.NothingProved.selector);
        refuseChunk(play, 0, 4, IDisputeErrors.NothingProved.selector);
        proveChunk(play, 0, 3);
        vm.assertEq(stakeOf(provider), STAKE - SLASH_CAP, "slashed");
    }

    function test_AFalseFirstState() public {
        Play memory play = liar(2, 0, -5);
        answer(play);
        narrowTo(play, 1, 0);
        answer(play);
        proveChunk(play, 0, 0);
        vm.assertEq(stakeOf(provider), STAKE - SLASH_CAP, "slashed");
    }

    /// @dev Fold 2: 200 chunks, 16 a part, the last of 8.
    /// forge-config: default.fuzz.runs = 64
    /// forge-config: deep.fuzz.runs = 2000
    function testFuzz_AFalseStateOfALongFold(uint256 chunk, int128 shift) public {
        chunk = bound(chunk, 0, 199);
        if (shift % 128 == 0) shift = 1;
        Play memory play = liar(2, chunk, shift % 1e30);
        answer(play);
        vm.assertEq(Trees.partSize(200, 2), 16, "sixteen a part");
        narrowTo(play, 1, chunk / 16);
        answer(play);
        proveChunk(play, 0, chunk % 16);
        vm.assertEq(stakeOf(provider), STAKE - SLASH_CAP, "slashed");
    }

    function test_AnHonestSellerIsNotConvictedByItsStates() public {
        Play memory play = toFolds(truth());
        answer(play);
        refuseElement(play, ELEMENT, IDisputeErrors.NothingProved.selector);
        refuseElement(play, ELEMENT + 1, IDisputeErrors.NoSuchElement.selector);
        for (uint256 part; part < 5; ++part) {
            refuseChunk(play, 0, part, IDisputeErrors.NothingProved.selector);
        }
        refuseChunk(play, 1, 12, IDisputeErrors.PartIsManyChunks.selector);
        narrowTo(play, 1, 12);
        refuseElement(play, ELEMENT, IDisputeErrors.WrongPhase.selector);
        answer(play);
        vm.assertTrue(play.state.phase == Phase.PickSubpart, "the part");
        for (uint256 part; part < 8; ++part) {
            refuseChunk(play, 0, part, IDisputeErrors.NothingProved.selector);
        }
        refuseElement(play, ELEMENT, IDisputeErrors.WrongPhase.selector);
    }

    function test_OnlyFoldsOfSeveralChunksAreDisputed() public {
        Play memory play = begin(truth());
        walkTo(play, 3, 299);
        Exhibit memory exhibit = exhibitOf(play);
        vm.expectRevert(IDisputeErrors.NoFolds.selector);
        vm.prank(challenger);
        arbiter.dispute(play.game, play.state, exhibit, 299);
        uint64[4] memory elsewhere = [uint64(300), 301, 1 << 32, type(uint64).max];
        for (uint256 i; i < 4; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IDisputeErrors.NoSuchElement.selector, elsewhere[i]));
            vm.prank(challenger);
            arbiter.dispute(play.game, play.state, exhibit, elsewhere[i]);
        }
        vm.expectRevert(abi.encodeWithSelector(IGraphArbiter.NotChallenger.selector, stranger, challenger));
        vm.prank(stranger);
        arbiter.dispute(play.game, play.state, exhibit, 299);
        bytes32 digest = registry.receiptDigest(exhibit.receipt);
        exhibit.receipt.lane ^= 1;
        bytes32 other = registry.receiptDigest(exhibit.receipt);
        vm.expectRevert(abi.encodeWithSelector(IGraphArbiter.WrongSubject.selector, other, digest));
        vm.prank(challenger);
        arbiter.dispute(play.game, play.state, exhibit, 299);
    }

    function test_TheChunksAreTheFormulas() public {
        Play memory play = begin(truth());
        walkTo(play, 4, ELEMENT);
        Exhibit memory exhibit = exhibitOf(play);
        FoldClaim[] memory folds = runsOf(4);
        vm.assertEq(folds.length, 2, "two");
        vm.prank(challenger);
        vm.assertEq(
            arbiter.dispute(play.game, play.state, exhibit, ELEMENT).folds, keccak256(abi.encode(folds)), "whole folds"
        );
    }

    function test_StatesAreAsManyAsParts() public {
        Play memory play = toFolds(truth());
        (bytes memory states,) = statesOf(play);
        vm.assertEq(states.length, 16 * (5 + 13), "five and thirteen");
        vm.expectRevert(abi.encodeWithSelector(IDisputeErrors.WrongLength.selector, 16 * 17, 16 * 18));
        vm.prank(provider);
        arbiter.fold(play.game, play.state, play.folds, new bytes(16 * 17));
        vm.expectRevert(abi.encodeWithSelector(IDisputeErrors.WrongLength.selector, 16 * 19, 16 * 18));
        vm.prank(provider);
        arbiter.fold(play.game, play.state, play.folds, new bytes(16 * 19));
        vm.expectRevert(abi.encodeWithSelector(IGraphArbiter.NotSeller.selector, challenger, provider));
        vm.prank(challenger);
        arbiter.fold(play.game, play.state, play.folds, states);
        FoldClaim[] memory others = runsOf(4);
        others[1].chunks = 199;
        vm.prank(provider);
        (bool success, bytes memory reason) =
            address(arbiter).call(abi.encodeCall(arbiter.fold, (play.game, play.state, others, states)));
        vm.assertTrue(!success && bytes4(reason) == IDisputeErrors.WrongHash.selector, "other folds");
        (, FoldClaim[] memory posted) = statesOf(play);
        vm.prank(provider);
        vm.assertEq(
            arbiter.fold(play.game, play.state, play.folds, states).folds,
            keccak256(abi.encode(posted)),
            "as the page has it"
        );
    }

    function test_TheLastStateOfAPartStays() public {
        Play memory play = toFolds(truth());
        answer(play);
        narrowTo(play, 1, 3);
        (bytes memory states,) = statesOf(play);
        vm.assertEq(states.length, 16 * 16, "a chunk a part");
        int128 last = play.folds[0].last;
        states[16 * 15 + 15] ^= 0x01;
        int128 given = int128(uint128(uint256(bytes32(Trees.slice(states, 16 * 15, 16 * 16))) >> 128));
        vm.expectRevert(abi.encodeWithSelector(IGraphArbiter.LastStateChanged.selector, given, last));
        vm.prank(provider);
        arbiter.fold(play.game, play.state, play.folds, states);
    }

    function test_OnlyPostedPartsOfSeveralChunksAreNarrowed() public {
        Play memory play = toFolds(truth());
        answer(play);
        PartProof memory proof = partProofOf(play, 0, 2);
        refuseNarrowing(play, proof, IGraphArbiter.PartIsOneChunk.selector);
        proof = partProofOf(play, 1, 2);
        proof.part = 3;
        refuseNarrowing(play, proof, IDisputeErrors.WrongHash.selector);
        proof.part = 13;
        refuseNarrowing(play, proof, IDisputeErrors.NoSuchPart.selector);
        proof.part = 2 + 16;
        refuseNarrowing(play, proof, IDisputeErrors.NoSuchPart.selector);
        (proof.part, proof.claim) = (2, 2);
        refuseNarrowing(play, proof, IDisputeErrors.NoSuchPart.selector);
        proof.claim = 0;
        refuseNarrowing(play, proof, IDisputeErrors.WrongLength.selector);
        proof.claim = 1;
        ++proof.before;
        refuseNarrowing(play, proof, IDisputeErrors.WrongHash.selector);
        --proof.before;
        proof.path = new bytes32[](3);
        refuseNarrowing(play, proof, IDisputeErrors.WrongLength.selector);
        play.folds[1].last ^= 1;
        refuseNarrowing(play, partProofOf(play, 1, 2), IDisputeErrors.WrongHash.selector);
    }

    function refuseNarrowing(Play memory play, PartProof memory proof, bytes4 why) private {
        refuse(abi.encodeCall(arbiter.narrow, (play.game, play.state, play.folds, proof)), why);
    }

    function refuseChunk(Play memory play, uint256 i, uint256 part, bytes4 why) private {
        bytes memory call = abi.encodeCall(
            arbiter.proveChunk, (play.game, play.state, exhibitOf(play), play.folds, partProofOf(play, i, part))
        );
        refuse(call, why);
    }

    function refuseElement(Play memory play, uint64 element, bytes4 why) private {
        bytes memory call = abi.encodeCall(
            arbiter.proveElement,
            (play.game, play.state, exhibitOf(play), element, leafProofOf(play, element), play.folds)
        );
        refuse(call, why);
    }

    /// @dev A game that has come to the element's folds.
    function toFolds(Run memory run) private returns (Play memory play) {
        play = begin(run);
        walkTo(play, 4, ELEMENT);
        disputeElement(play, ELEMENT);
    }

    /// @dev A seller whose states add up to its element, but do not follow from one another.
    function liar(uint256 fold, uint256 chunk, int128 shift) private returns (Play memory play) {
        Run memory run = truth();
        StandIn memory f = abi.decode(world.formulas[4], (StandIn));
        int256 sum = StandInMath.start(f.seed, ELEMENT) + shift;
        for (uint256 i; i < 3; ++i) {
            sum += StandInMath.stateAfter(f.seed, ELEMENT, i, f.chunks[i]);
        }
        run.data[4][8 * ELEMENT] = bytes1(uint8(uint256(StandInMath.valueOf(sum))));
        play = toFolds(run);
        (play.shiftedFold, play.shiftedChunk, play.shift) = (fold, chunk, shift);
    }
}
