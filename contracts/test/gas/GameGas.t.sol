// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Exhibit, FoldClaim, Game, LeafProof, PartProof, Phase} from "../../src/types/Dispute.sol";
import {Receipt} from "../../src/types/Market.sol";
import {GameTest, Play} from "../verification/GameTest.sol";
import {StandIn} from "../verification/StandInFormulas.sol";
import {Trees} from "../verification/Trees.sol";
import {Worlds} from "../verification/Worlds.sol";

/// @title What a game's transactions cost
/// @notice Gas of whole transactions, 21,000 and calldata included, of the largest moves there are: rows of 128 nodes, 16 leaves, 128 states, no byte of
/// which is zero. Proofs are without what the interpreter costs and with hardly any evidence. The figures go to snapshots/Dispute.json.
/// @dev Isolated: forge makes a transaction of every call, so that storage is cold as on a chain.
/// forge-config: default.isolate = true
contract GameGasTest is GameTest {
    uint256 private constant LONG = 5;
    uint256 private constant SHORT = 6;
    uint64 private constant ELEMENT = 41 * 8_192 + 700; // in the 42nd run of 16 leaves

    function setUp() public override {
        super.setUp();
        // Players that have dealt before: their balances are not zero.
        stakeToken.mint(payer, 1);
        stakeToken.mint(payee, 1);
        stakeToken.mint(BURNED, 1);
    }

    /// @dev 128 entries; one of 2^11 leaves, whose elements have a fold of 2^14 chunks; one of 16 leaves.
    function standIns() internal pure override returns (StandIn[] memory all) {
        all = new StandIn[](128);
        for (uint256 i; i < 128; ++i) {
            all[i] = StandIn(0, dimsOf(3), new uint32[](0), i);
        }
        all[LONG].dims = dimsOf(1 << 20);
        all[LONG].chunks = new uint32[](1);
        all[LONG].chunks[0] = 1 << 14;
        all[SHORT].dims = dimsOf(8_192);
    }

    /// @dev Twelve transactions, every one as large as can be.
    function test_TheLongestWayToAChunk() public {
        Play memory play = start("challenge");
        bytes memory leaves = noise("leaves", 8_192);
        bytes32[] memory row = words("row", 128);
        row[41] = Trees.dataRoot(leaves);
        bytes memory header = Worlds.headerOf("t5", 0, dimsOf(1 << 20));
        bytes32[] memory entries = words("entries", 128);
        entries[LONG] = sha256(abi.encodePacked(hex"02", header, Trees.root(row, 0)));

        vm.prank(provider);
        play.state = arbiter.commit(play.game, play.state, 128, entries);
        uint256 total = note("commit, 128 nodes", 215_000);
        total += descend(play, entries, LONG);
        vm.prank(provider);
        play.state = arbiter.open(play.game, play.state, header, row, "");
        total += note("open, 128 nodes", 215_000);
        total += descend(play, row, 41);
        vm.prank(provider);
        play.state = arbiter.reveal(play.game, play.state, leaves);
        total += note("reveal, 16 leaves", 370_000);
        Exhibit memory exhibit = exhibitOf(play);
        vm.prank(challenger);
        play.state = arbiter.dispute(play.game, play.state, exhibit, ELEMENT);
        play.folds = runsOf(LONG);
        total += note("dispute", 135_000);
        total += fold(play, "fold, 128 states");
        PartProof memory part = partOf(play, 77);
        vm.prank(challenger);
        play.state = arbiter.narrow(play.game, play.state, play.folds, part);
        play.folds[0] = FoldClaim(0, 77 * 128, 128, part.before, part.afterwards, 0);
        total += note("narrow", 61_000);
        total += fold(play, "fold again, 128 states");
        part = partOf(play, 30);
        bytes memory call = abi.encodeCall(arbiter.proveChunk, (play.game, play.state, exhibit, play.folds, part));
        total += prove(call, "proveChunk, without the chunk");
        vm.snapshotValue("Dispute", "game of 12 transactions, largest, without the chunk", total + challenged);
        vm.assertLe(total + challenged, 2_000_000, "a whole game");
    }

    /// @dev What a small model comes to: one row, 16 leaves at once, one element.
    function test_TheShortestWayToAnElement() public {
        Play memory play = start("challenge again");
        bytes memory leaves = noise("leaves", 8_192);
        bytes memory header = Worlds.headerOf("t6", 0, dimsOf(8_192));
        bytes32[] memory entries = words("entries", 128);
        entries[SHORT] = Worlds.tensorDigest(header, leaves);
        vm.prank(provider);
        play.state = arbiter.commit(play.game, play.state, 128, entries);
        descend(play, entries, SHORT);
        vm.prank(provider);
        play.state = arbiter.open(play.game, play.state, header, new bytes32[](0), leaves);
        note("open, 16 leaves", 375_000);
        LeafProof memory leaf =
            LeafProof(Trees.leafAt(leaves, 1), Trees.path(Trees.leavesOf(leaves), Trees.zeroLeaf(), 0, 1, 4));
        bytes memory call =
            abi.encodeCall(arbiter.proveElement, (play.game, play.state, exhibitOf(play), 600, leaf, play.folds));
        prove(call, "proveElement, without the element");
    }

    function test_ARowOf32() public {
        Play memory play = start("challenge once more");
        bytes32[] memory nodes = words("nodes", 32);
        vm.prank(provider);
        arbiter.commit(play.game, play.state, 512, nodes);
        note("commit, 32 nodes", 100_000);
    }

    function test_Silence() public {
        Play memory play = start("challenge, the last");
        vm.warp(block.timestamp + CLOCK + 1);
        prove(
            abi.encodeCall(arbiter.proveSilence, (play.game, play.state, play.receipt, signReceipt(play.receipt))),
            "proveSilence"
        );
        play = start("challenge, the very last");
        bytes32[] memory nodes = words("nodes", 32);
        vm.prank(provider);
        play.state = arbiter.commit(play.game, play.state, 512, nodes);
        vm.warp(block.timestamp + CLOCK + 1);
        arbiter.dismiss(play.game, play.state);
        note("dismiss", 75_000);
    }

    /// @dev EIP-170.
    function test_ContractsFit() public {
        vm.assertLe(address(arbiter).code.length, 24_576, "GraphArbiter");
        vm.snapshotValue("Size", "GraphArbiter", address(arbiter).code.length);
        vm.assertLe(address(proofs).code.length, 24_576, "GraphProofs");
        vm.snapshotValue("Size", "GraphProofs", address(proofs).code.length);
    }

    uint256 private challenged;

    function start(string memory name) private returns (Play memory play) {
        Receipt memory receipt = receiptOf(uint64(0x1234567800000001 + arbiter.gameCount()), CHARGE, CHARGE);
        (receipt.offerId, receipt.charge) = (exactOffer, CHARGE);
        receipt.weightsDigest = world.weights;
        receipt.requestDigest = listDigest(request);
        receipt.responseDigest = keccak256("response");
        play.receipt = receipt;
        bytes memory signature = signReceipt(receipt);
        vm.prank(challenger);
        (play.game, play.state) = arbiter.challenge(receipt, signature);
        challenged = keccak256(bytes(name)) == keccak256("challenge") ? note(name, 200_000) : 0;
    }

    function descend(Play memory play, bytes32[] memory row, uint256 index) private returns (uint256) {
        bytes32[] memory path = Trees.path(row, 0, 0, index, 7);
        vm.prank(challenger);
        play.state = arbiter.descend(play.game, play.state, uint64(index), row[index], path);
        return note(play.state.phase == Phase.Open ? "descend in the trace" : "descend in a tensor", 60_000);
    }

    function fold(Play memory play, string memory name) private returns (uint256) {
        bytes memory states = noise("states", 2_048);
        if (play.state.phase == Phase.Refold) {
            bytes16 last = bytes16(uint128(play.folds[0].last));
            for (uint256 i; i < 16; ++i) {
                states[2_032 + i] = last[i];
            }
        }
        vm.prank(provider);
        play.state = arbiter.fold(play.game, play.state, play.folds, states);
        bytes32[] memory parts = partWords(play.folds[0].before, states);
        play.folds[0].parts = Trees.partNode(parts, 7, 0);
        play.folds[0].last = int128(uint128(uint256(parts[127])));
        posted = states;
        return note(name, 145_000);
    }

    bytes private posted;

    function partWords(int128 before, bytes memory states) private pure returns (bytes32[] memory parts) {
        parts = new bytes32[](128);
        for (uint256 i; i < 128; ++i) {
            bytes16 state = bytes16(bytes32(Trees.slice(states, 16 * i, 16 * i + 16)));
            parts[i] = bytes32(abi.encodePacked(before, state));
            before = int128(uint128(state));
        }
    }

    function partOf(Play memory play, uint256 part) private view returns (PartProof memory) {
        bytes32[] memory parts = partWords(play.folds[0].before, posted);
        uint256 word = uint256(parts[part]);
        return PartProof(0, part, int128(uint128(word >> 128)), int128(uint128(word)), Trees.partPath(parts, part));
    }

    function prove(bytes memory call, string memory name) private returns (uint256) {
        vm.prank(challenger);
        (bool success,) = address(arbiter).call(call);
        vm.assertTrue(success, name);
        return note(name, 195_000);
    }

    /// @dev Of the last transaction: writes it down, and holds it to the goal.
    function note(string memory name, uint256 goal) private returns (uint256 gas) {
        gas = vm.lastCallGas().gasTotalUsed;
        vm.snapshotValue("Dispute", name, gas);
        vm.assertGe(gas, 21_000, "a whole transaction");
        vm.assertLe(gas, goal, name);
    }

    /// @dev No byte of it is zero.
    function noise(bytes32 seed, uint256 length) private pure returns (bytes memory data) {
        data = new bytes(length);
        for (uint256 i; i < length; i += 32) {
            bytes32 word = keccak256(abi.encode(seed, i));
            for (uint256 j; j < 32; ++j) {
                data[i + j] = word[j] == 0 ? bytes1(0x01) : word[j];
            }
        }
    }

    function words(bytes32 seed, uint256 count) private pure returns (bytes32[] memory all) {
        all = new bytes32[](count);
        bytes memory data = noise(seed, 32 * count);
        for (uint256 i; i < count; ++i) {
            all[i] = bytes32(Trees.slice(data, 32 * i, 32 * i + 32));
        }
    }
}
