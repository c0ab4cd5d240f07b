// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDisputeErrors} from "../../src/interfaces/IDisputeErrors.sol";
import {IGraphArbiter} from "../../src/interfaces/IGraphArbiter.sol";
import {Game, Phase} from "../../src/types/Dispute.sol";
import {GameTest, Play} from "./GameTest.sol";
import {StandIn} from "./StandInFormulas.sol";
import {Trees} from "./Trees.sol";
import {Run, Worlds} from "./Worlds.sol";

/// @title From a trace's root down to data
contract GameWalkTest is GameTest {
    function test_WalksToEveryKindOfEntryAndConvicts() public {
        uint256[4] memory places = [uint256(9), 17, 1_198, 33_996];
        uint256[4] memory sizes = [uint256(1), 1, 2, 4];
        for (uint256 entry; entry < 4; ++entry) {
            Play memory play = begin(lie(entry, places[entry]));
            uint64 element = uint64(places[entry] / sizes[entry]);
            walkTo(play, entry, element);
            proveElement(play, element);
            vm.assertEq(arbiter.stateOf(play.game), bytes32(0), "over");
            vm.assertEq(stakeOf(provider), STAKE - (entry + 1) * SLASH_CAP, "slashed");
        }
    }

    function test_EveryMoveShowsTheWholeState() public {
        Play memory play = begin(truth());
        vm.assertEq(arbiter.stateOf(play.game), keccak256(abi.encode(play.state)), "challenge");
        bytes32[] memory digests = Worlds.digestsOf(play.run);
        bytes32[] memory nodes = Trees.row(digests, 0, 3, 0, 3);
        Game memory next = copyOf(play.state);
        next.phase = Phase.PickInTrace;
        (next.entries, next.traceTree, next.node) = (5, Trees.root(digests, 0), Trees.root(digests, 0));
        (next.below, next.row) = (3, 3);
        vm.expectEmit();
        emit IGraphArbiter.RowPosted(play.game, next, nodes);
        vm.prank(provider);
        next = arbiter.commit(play.game, play.state, 5, nodes);
        vm.assertEq(arbiter.stateOf(play.game), keccak256(abi.encode(next)), "commit");
        vm.assertEq(nodes.length, 5, "padding is left out");
    }

    function test_TheSellersRegisteredKeyMayAnswer() public {
        Play memory play = begin(truth());
        bytes32[] memory nodes = Trees.row(Worlds.digestsOf(play.run), 0, 3, 0, 3);
        vm.expectRevert(abi.encodeWithSelector(IGraphArbiter.NotSeller.selector, stranger, provider));
        vm.prank(stranger);
        arbiter.commit(play.game, play.state, 5, nodes);
        vm.prank(signer);
        arbiter.commit(play.game, play.state, 5, nodes);
    }

    function test_RefusesMovesOutOfTurnOrTwice() public {
        Play memory play = begin(truth());
        Game memory first = play.state;
        vm.expectRevert(abi.encodeWithSelector(IDisputeErrors.WrongPhase.selector, Phase.Commit));
        vm.prank(challenger);
        arbiter.descend(play.game, first, 0, 0, new bytes32[](0));
        vm.expectRevert(abi.encodeWithSelector(IDisputeErrors.WrongPhase.selector, Phase.Commit));
        vm.prank(provider);
        arbiter.expand(play.game, first, new bytes32[](0));
        vm.expectRevert(abi.encodeWithSelector(IDisputeErrors.WrongPhase.selector, Phase.Commit));
        vm.prank(provider);
        arbiter.open(play.game, first, "", new bytes32[](0), "");
        vm.expectRevert(abi.encodeWithSelector(IDisputeErrors.WrongPhase.selector, Phase.Commit));
        vm.prank(provider);
        arbiter.reveal(play.game, first, "");
        answer(play);
        bytes32[] memory nodes = Trees.row(Worlds.digestsOf(play.run), 0, 3, 0, 3);
        vm.expectRevert(abi.encodeWithSelector(IGraphArbiter.WrongState.selector, play.game));
        vm.prank(provider);
        arbiter.commit(play.game, first, 5, nodes);
        vm.expectRevert(abi.encodeWithSelector(IDisputeErrors.WrongPhase.selector, Phase.PickInTrace));
        vm.prank(provider);
        arbiter.commit(play.game, play.state, 5, nodes);
        (uint64 index, bytes32 node, bytes32[] memory path) = descentOf(play, 2);
        vm.expectRevert(abi.encodeWithSelector(IGraphArbiter.NotChallenger.selector, stranger, challenger));
        vm.prank(stranger);
        arbiter.descend(play.game, play.state, index, node, path);
    }

    function testFuzz_RefusesAnyOtherState(uint256 word, uint256 bit) public {
        Play memory play = beginBare();
        vm.prank(provider);
        play.state = arbiter.commit(play.game, play.state, 5, new bytes32[](5));
        bytes memory call = abi.encodeCall(arbiter.descend, (play.game, play.state, 0, 0, new bytes32[](0)));
        // Any bit of the state's 21 words, which stand behind selector and number.
        uint256 place = 4 + 32 + 32 * (word % 21) + (bit / 8) % 32;
        call[place] ^= bytes1(uint8(1 << (bit % 8)));
        vm.prank(challenger);
        (bool success, bytes memory reason) = address(arbiter).call(call);
        vm.assertTrue(!success, "refused");
        vm.assertEq(
            keccak256(reason), keccak256(abi.encodeWithSelector(IGraphArbiter.WrongState.selector, play.game)), "why"
        );
    }

    function test_ACommitmentIsOneRow() public {
        Play memory play = begin(truth());
        vm.expectRevert(IGraphArbiter.NoEntries.selector);
        vm.prank(provider);
        arbiter.commit(play.game, play.state, 0, new bytes32[](0));
        for (uint256 length = 0; length < 9; ++length) {
            if (length == 5) continue;
            vm.expectRevert(abi.encodeWithSelector(IDisputeErrors.WrongLength.selector, length, 5));
            vm.prank(provider);
            arbiter.commit(play.game, play.state, 5, new bytes32[](length));
        }
        vm.expectRevert(abi.encodeWithSelector(IDisputeErrors.WrongLength.selector, 2, 1));
        vm.prank(provider);
        arbiter.commit(play.game, play.state, 1, new bytes32[](2));
        // Rows of 2^32 entries: five, of seven levels and less.
        vm.prank(provider);
        vm.assertEq(arbiter.commit(play.game, play.state, type(uint32).max, new bytes32[](128)).row, 7, "levels");
    }

    function test_ATraceOfOneEntry() public {
        Run memory run = truth();
        Play memory play = begin(truth());
        play.run.headers = new bytes[](1);
        play.run.data = new bytes[](1);
        (play.run.headers[0], play.run.data[0]) = (run.headers[0], run.data[0]);
        answer(play);
        vm.assertEq(play.state.node, Worlds.digestsOf(play.run)[0], "the root is the entry");
        vm.assertEq(play.state.row, 0, "no row");
        descendTo(play, 0, 0);
        answer(play);
        vm.assertTrue(play.state.phase == Phase.Examine, "whole");
    }

    function test_ADescentIsWithinTheRow() public {
        Play memory play = begin(truth());
        answer(play);
        (uint64 index, bytes32 node, bytes32[] memory path) = descentOf(play, 2);
        refuseDescent(play, abi.encodeWithSelector(IGraphArbiter.NoSuchNode.selector, 5), 5, node, path);
        refuseDescent(play, abi.encodeWithSelector(IGraphArbiter.NoSuchNode.selector, 10), 10, node, path);
        uint64 huge = uint64(1 << 63) | index;
        refuseDescent(play, abi.encodeWithSelector(IGraphArbiter.NoSuchNode.selector, huge), huge, node, path);
        refuseDescent(
            play, abi.encodeWithSelector(IDisputeErrors.WrongLength.selector, 2, 3), index, node, new bytes32[](2)
        );
        bytes32 other = node ^ bytes32(uint256(1));
        vm.prank(challenger);
        (bool success,) =
            address(arbiter).call(abi.encodeCall(arbiter.descend, (play.game, play.state, index, other, path)));
        vm.assertTrue(!success, "another node");
        vm.prank(challenger);
        (success,) = address(arbiter).call(abi.encodeCall(arbiter.descend, (play.game, play.state, 3, node, path)));
        vm.assertTrue(!success, "another index");
        vm.prank(challenger);
        play.state = arbiter.descend(play.game, play.state, index, node, path);
        vm.assertEq(play.state.entry, 2, "entry");
    }

    function refuseDescent(Play memory play, bytes memory why, uint64 index, bytes32 node, bytes32[] memory path)
        private
    {
        vm.expectRevert(why);
        vm.prank(challenger);
        arbiter.descend(play.game, play.state, index, node, path);
    }

    function test_AnEntryIsOpenedAsItWasCommittedTo() public {
        Play memory play = begin(truth());
        answer(play);
        descendTo(play, 3, 0);
        (bytes32[] memory nodes, bytes memory data) = openingOf(play);
        bytes memory header = play.run.headers[3];
        vm.assertEq(nodes.length, 34, "67 leaves, two under each node");
        vm.assertEq(data.length, 0, "not at once");
        refuseOpening(play, IGraphArbiter.WrongName.selector, play.run.headers[2], nodes, data);
        refuseOpening(play, IDisputeErrors.WrongLength.selector, header, nodes, "1");
        refuseOpening(play, IDisputeErrors.WrongLength.selector, header, new bytes32[](33), data);
        refuseOpening(play, IDisputeErrors.WrongHash.selector, header, new bytes32[](34), data);
        header[3] = 0x05; // f32, as long
        refuseOpening(play, IDisputeErrors.WrongHash.selector, header, nodes, data);
        header[3] = 0x07;
        refuseOpening(play, bytes4(keccak256("MalformedHeader()")), header, nodes, data);
        header[3] = 0x02;
        answer(play);
        vm.assertTrue(play.state.phase == Phase.PickInTensor, "a row");
        vm.assertEq(play.state.dims, bytes32(uint256(8_500) << 224), "dims");
        vm.assertEq(play.state.storedType, 2, "type");
        vm.assertEq(play.state.rank, 1, "rank");
    }

    function test_WhatIsShortIsOpenedWhole() public {
        Play memory play = begin(truth());
        answer(play);
        descendTo(play, 2, 0);
        (bytes32[] memory nodes, bytes memory data) = openingOf(play);
        vm.assertEq(data.length, 1_200, "all of it, and no padding");
        bytes memory header = play.run.headers[2];
        refuseOpening(play, IDisputeErrors.WrongLength.selector, header, new bytes32[](1), data);
        refuseOpening(play, IDisputeErrors.WrongLength.selector, header, nodes, new bytes(1_199));
        refuseOpening(play, IDisputeErrors.WrongLength.selector, header, nodes, new bytes(1_536));
        refuseOpening(play, IDisputeErrors.WrongHash.selector, header, nodes, new bytes(1_200));
        vm.expectEmit();
        Game memory next = copyOf(play.state);
        next.phase = Phase.Examine;
        (next.below, next.row, next.node) = (2, 0, Trees.dataRoot(data));
        (next.index, next.storedType, next.rank, next.dims) = (0, 6, 1, bytes32(uint256(600) << 224));
        emit IGraphArbiter.Opened(play.game, next, header, next.node);
        vm.expectEmit();
        emit IGraphArbiter.LeavesPosted(play.game, next, data);
        vm.prank(provider);
        arbiter.open(play.game, play.state, header, nodes, data);
    }

    function refuseOpening(Play memory play, bytes4 why, bytes memory header, bytes32[] memory nodes, bytes memory data)
        private
    {
        vm.prank(provider);
        (bool success, bytes memory reason) =
            address(arbiter).call(abi.encodeCall(arbiter.open, (play.game, play.state, header, nodes, data)));
        vm.assertTrue(!success, "refused");
        vm.assertEq(bytes32(bytes4(reason)), bytes32(why), "why");
    }

    function test_DataAreRevealedAsTheyWereCommittedTo() public {
        Play memory play = begin(truth());
        answer(play);
        descendTo(play, 3, 8_499);
        answer(play);
        descendTo(play, 3, 8_499);
        vm.assertEq(play.state.index, 33, "the last pair of leaves");
        vm.assertEq(play.state.below, 1, "two");
        bytes memory data = revealedBy(play);
        vm.assertEq(data.length, 34_000 - 33 * 1_024, "to the tensor's end");
        vm.expectRevert(abi.encodeWithSelector(IDisputeErrors.WrongLength.selector, 1_024, 208));
        vm.prank(provider);
        arbiter.reveal(play.game, play.state, new bytes(1_024));
        data[207] ^= 0x01;
        vm.prank(provider);
        (bool success,) = address(arbiter).call(abi.encodeCall(arbiter.reveal, (play.game, play.state, data)));
        vm.assertTrue(!success, "another byte");
        answer(play);
        vm.assertTrue(play.state.phase == Phase.Examine, "revealed");
    }

    function test_NobodyDescendsIntoPadding() public {
        Play memory play = begin(truth());
        answer(play);
        descendTo(play, 3, 0);
        answer(play);
        (, bytes32 node, bytes32[] memory path) = descentOf(play, 68);
        refuseDescent(play, abi.encodeWithSelector(IGraphArbiter.NoSuchNode.selector, 34), 34, node, path);
    }
}

/// @title Trees of several rows
contract DeepGameWalkTest is GameTest {
    uint256 private constant ENTRIES = 300;

    /// @dev Many small entries.
    function standIns() internal pure override returns (StandIn[] memory all) {
        all = new StandIn[](ENTRIES);
        for (uint256 i; i < ENTRIES; ++i) {
            all[i] = StandIn(0, dimsOf(3), new uint32[](0), i);
        }
    }

    function test_ATraceOfTwoRows() public {
        Play memory play = begin(lie(299, 2));
        answer(play);
        vm.assertEq(play.state.below, 9, "512 places");
        vm.assertEq(play.state.row, 5, "nine levels are five and four");
        descendTo(play, 299, 2);
        vm.assertTrue(play.state.phase == Phase.ExpandInTrace, "further");
        vm.assertEq(rowOf(play).length, 12, "of sixteen there are twelve");
        bytes32[] memory wrong = new bytes32[](12);
        vm.prank(provider);
        (bool success,) = address(arbiter).call(abi.encodeCall(arbiter.expand, (play.game, play.state, wrong)));
        vm.assertTrue(!success, "another row");
        vm.expectRevert(abi.encodeWithSelector(IDisputeErrors.WrongLength.selector, 16, 12));
        vm.prank(provider);
        arbiter.expand(play.game, play.state, new bytes32[](16));
        walkTo(play, 299, 2);
        proveElement(play, 2);
        vm.assertEq(stakeOf(provider), STAKE - SLASH_CAP, "slashed");
    }

    /// @dev A data tree of two rows has 2,049 leaves or more. Its formula is not asked, so the header may be what it likes.
    function test_ATensorOfTwoRows() public {
        Play memory play = begin(truth());
        play.run.headers[7] = Worlds.headerOf("t7", 0, dimsOf(3_000 * 512 + 1));
        bytes32[] memory leaves = new bytes32[](3_001);
        for (uint256 i; i < 3_001; ++i) {
            leaves[i] = bytes32(i + 1); // hashes of leaves that nobody opens
        }
        bytes32[] memory digests = Worlds.digestsOf(play.run);
        digests[7] = sha256(abi.encodePacked(hex"02", play.run.headers[7], Trees.root(leaves, Trees.zeroLeaf())));
        bytes32[] memory nodes = Trees.row(digests, 0, 9, 0, 5);
        vm.prank(provider);
        play.state = arbiter.commit(play.game, play.state, 300, nodes);
        descendIn(play, digests, 0, 7);
        nodes = Trees.row(digests, 0, 4, 0, 4);
        vm.prank(provider);
        play.state = arbiter.expand(play.game, play.state, nodes);
        descendIn(play, digests, 0, 7);
        nodes = Trees.row(leaves, Trees.zeroLeaf(), 12, 0, 6);
        vm.prank(provider);
        play.state = arbiter.open(play.game, play.state, play.run.headers[7], nodes, "");
        vm.assertEq(nodes.length, 47, "of 64 nodes over 64 leaves");
        descendIn(play, leaves, Trees.zeroLeaf(), 3_000);
        vm.assertTrue(play.state.phase == Phase.ExpandInTensor, "further");
        nodes = Trees.row(leaves, Trees.zeroLeaf(), 6, 46, 5);
        vm.assertEq(nodes.length, 29, "of 32 nodes over 2 leaves");
        vm.prank(provider);
        play.state = arbiter.expand(play.game, play.state, nodes);
        descendIn(play, leaves, Trees.zeroLeaf(), 3_000);
        vm.assertTrue(play.state.phase == Phase.Reveal, "two leaves");
        vm.assertEq(play.state.below, 1, "two leaves");
    }

    function descendIn(Play memory play, bytes32[] memory all, bytes32 zero, uint256 bottom) private {
        uint256 level = play.state.below - play.state.row;
        uint256 index = bottom >> level;
        bytes32 node = Trees.nodeAt(all, zero, level, index);
        bytes32[] memory path = Trees.path(all, zero, level, index, play.state.row);
        vm.prank(challenger);
        play.state = arbiter.descend(play.game, play.state, uint64(index), node, path);
    }
}
