// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGraphArbiter} from "../../src/interfaces/IGraphArbiter.sol";
import {Evidence, LeafOpening, TensorOpening} from "../../src/interfaces/IFormulas.sol";
import {Exhibit, FoldClaim, Game, LeafProof, PartProof, Phase} from "../../src/types/Dispute.sol";
import {Receipt} from "../../src/types/Market.sol";
import {JudgedMarket} from "./JudgedMarket.sol";
import {StandIn, StandInMath} from "./StandInFormulas.sol";
import {Trees} from "./Trees.sol";
import {Run, World, Worlds} from "./Worlds.sol";

/// @notice A game as its players know it.
/// @param run What the seller commits to. @param shift Added to the states of fold `shiftedFold` from chunk `shiftedChunk` on, where the seller lies
/// about them. @param folds As last posted. @param stage abi.encode(Stage) of what the game is about; empty of an answer of a single graph.
struct Play {
    uint256 game;
    Game state;
    Run run;
    Receipt receipt;
    int128 shift;
    uint256 shiftedFold;
    uint256 shiftedChunk;
    FoldClaim[] folds;
    bytes stage;
}

/// @title Players that know the rules
abstract contract GameTest is JudgedMarket {
    /// @dev Every receipt is of a lane of its own: two may say the same of the same response.
    function begin(Run memory run) internal returns (Play memory play) {
        Receipt memory receipt = receiptOf(run);
        receipt.lane = uint64(arbiter.gameCount() + 1);
        return begin(run, receipt);
    }

    function begin(Run memory run, Receipt memory receipt) internal returns (Play memory play) {
        (play.run, play.receipt) = (run, receipt);
        bytes memory signature = signReceipt(receipt);
        vm.prank(challenger);
        (play.game, play.state) = arbiter.challenge(receipt, signature);
    }

    /// @notice A game about a receipt of which nobody looks at what it says.
    function beginBare() internal returns (Play memory play) {
        Run memory none;
        Receipt memory receipt = receiptOf(uint64(arbiter.gameCount() + 1), CHARGE, CHARGE);
        (receipt.offerId, receipt.charge) = (exactOffer, CHARGE);
        return begin(none, receipt);
    }

    /// @notice The seller's next move. (A prank holds for one call, and a precompile's counts: so what is sent is made before.)
    function answer(Play memory play) internal {
        Phase phase = play.state.phase;
        if (phase == Phase.Commit) answerCommit(play);
        else if (phase == Phase.Open) answerOpen(play);
        else if (phase == Phase.Reveal) answerReveal(play);
        else if (phase == Phase.Fold || phase == Phase.Refold) answerFold(play);
        else answerExpand(play);
    }

    function answerCommit(Play memory play) internal {
        bytes32[] memory digests = Worlds.digestsOf(play.run);
        uint256 depth = Trees.depthOf(digests.length);
        bytes32[] memory nodes = Trees.row(digests, 0, depth, 0, Trees.traceRow(depth, play.state.folds));
        vm.prank(play.state.provider);
        play.state = arbiter.commit(play.game, play.state, uint32(digests.length), nodes);
    }

    function answerExpand(Play memory play) internal {
        bytes32[] memory nodes = rowOf(play);
        vm.prank(play.state.provider);
        play.state = arbiter.expand(play.game, play.state, nodes);
    }

    /// @notice The next row beneath the node that was picked.
    function rowOf(Play memory play) internal pure returns (bytes32[] memory) {
        Game memory g = play.state;
        if (g.phase == Phase.ExpandInTrace) {
            return Trees.row(Worlds.digestsOf(play.run), 0, g.below, g.index, Trees.traceRow(g.below, g.folds));
        }
        bytes32[] memory leaves = Trees.leavesOf(play.run.data[g.entry]);
        return Trees.row(leaves, Trees.zeroLeaf(), g.below, g.index, Trees.dataRow(g.below));
    }

    function answerOpen(Play memory play) internal {
        (bytes32[] memory nodes, bytes memory data) = openingOf(play);
        bytes memory header = play.run.headers[play.state.entry];
        vm.prank(play.state.provider);
        play.state = arbiter.open(play.game, play.state, header, nodes, data);
    }

    /// @notice The first row of the entry's data, or all of it.
    function openingOf(Play memory play) internal pure returns (bytes32[] memory nodes, bytes memory data) {
        data = play.run.data[play.state.entry];
        bytes32[] memory leaves = Trees.leavesOf(data);
        uint256 depth = Trees.depthOf(leaves.length);
        uint256 row = Trees.dataRow(depth);
        if (row != 0) (nodes, data) = (Trees.row(leaves, Trees.zeroLeaf(), depth, 0, row), "");
    }

    function answerReveal(Play memory play) internal {
        bytes memory data = revealedBy(play);
        vm.prank(play.state.provider);
        play.state = arbiter.reveal(play.game, play.state, data);
    }

    /// @notice The data beneath the node that was picked.
    function revealedBy(Play memory play) internal pure returns (bytes memory) {
        bytes memory data = play.run.data[play.state.entry];
        uint256 start = (uint256(play.state.index) << play.state.below) * 512;
        uint256 end = start + (512 << play.state.below);
        return Trees.slice(data, start, end < data.length ? end : data.length);
    }

    function answerFold(Play memory play) internal {
        (bytes memory states, FoldClaim[] memory posted) = statesOf(play);
        vm.prank(play.state.provider);
        play.state = arbiter.fold(play.game, play.state, play.folds, states);
        play.folds = posted;
    }

    /// @notice States after the parts of what is to be folded, and the claims with them.
    function statesOf(Play memory play) internal view returns (bytes memory states, FoldClaim[] memory posted) {
        posted = abi.decode(abi.encode(play.folds), (FoldClaim[]));
        for (uint256 i; i < posted.length; ++i) {
            bytes32[] memory parts = partsOf(play, i);
            for (uint256 j; j < parts.length; ++j) {
                states = abi.encodePacked(states, uint128(uint256(parts[j])));
            }
            posted[i].parts = Trees.partNode(parts, Trees.depthOf(parts.length), 0);
            posted[i].last = int128(uint128(uint256(parts[parts.length - 1])));
        }
    }

    /// @notice The parts of claim `i`, as the seller says they are.
    function partsOf(Play memory play, uint256 i) internal view returns (bytes32[] memory parts) {
        FoldClaim memory run = play.folds[i];
        uint256 size = Trees.partSize(run.chunks, play.folds.length);
        parts = new bytes32[](Trees.ceilDiv(run.chunks, size));
        int128 before = run.before;
        for (uint256 j; j < parts.length; ++j) {
            uint256 end = (j + 1) * size < run.chunks ? (j + 1) * size : run.chunks;
            int128 afterwards = claimedState(play, run.fold, run.first + end);
            parts[j] = bytes32(uint256(uint128(before)) << 128 | uint128(afterwards));
            before = afterwards;
        }
    }

    /// @notice State of a fold after its first `count` chunks, as the seller says it is.
    function claimedState(Play memory play, uint256 fold, uint256 count) internal view returns (int128 state) {
        state = trueState(play, fold, count);
        if (fold == play.shiftedFold && count > play.shiftedChunk) state += play.shift;
    }

    function trueState(Play memory play, uint256 fold, uint256 count) internal view returns (int128) {
        StandIn memory f = abi.decode(world.formulas[play.state.entry], (StandIn));
        return StandInMath.stateAfter(f.seed, play.state.element, fold, count);
    }

    /// @notice Challenger: goes towards an element by one descent.
    function descendTo(Play memory play, uint256 entry, uint256 element) internal {
        Game memory g = play.state;
        bool inTrace = g.phase == Phase.PickInTrace;
        uint256 bottom = inTrace ? entry : element * Worlds.sizeOf(g.storedType) / 512;
        (uint64 index, bytes32 node, bytes32[] memory path) = descentOf(play, bottom);
        vm.prank(play.state.challenger);
        play.state = arbiter.descend(play.game, g, index, node, path);
    }

    function descentOf(Play memory play, uint256 bottom)
        internal
        pure
        returns (uint64 index, bytes32 node, bytes32[] memory path)
    {
        Game memory g = play.state;
        bool inTrace = g.phase == Phase.PickInTrace;
        bytes32[] memory all = inTrace ? Worlds.digestsOf(play.run) : Trees.leavesOf(play.run.data[g.entry]);
        bytes32 zero = inTrace ? bytes32(0) : Trees.zeroLeaf();
        uint256 level = g.below - g.row;
        index = uint64(bottom >> level);
        node = Trees.nodeAt(all, zero, level, index);
        path = Trees.path(all, zero, level, index, g.row);
    }

    /// @notice Both sides, from where the game is to the leaves with the element.
    function walkTo(Play memory play, uint256 entry, uint256 element) internal {
        while (play.state.phase != Phase.Examine) {
            if (isSellers(play.state.phase)) answer(play);
            else descendTo(play, entry, element);
        }
    }

    function isSellers(Phase phase) internal pure returns (bool) {
        return phase == Phase.Commit || phase == Phase.ExpandInTrace || phase == Phase.Open
            || phase == Phase.ExpandInTensor || phase == Phase.Reveal || phase == Phase.Fold || phase == Phase.Refold;
    }

    function disputeElement(Play memory play, uint64 element) internal {
        Exhibit memory exhibit = exhibitOf(play);
        vm.prank(play.state.challenger);
        play.state = arbiter.dispute(play.game, play.state, exhibit, element);
        play.folds = runsOf(play.state.entry);
    }

    /// @notice The folds of an entry with several chunks, nothing said of them.
    function runsOf(uint256 entry) internal view returns (FoldClaim[] memory runs) {
        StandIn memory f = abi.decode(world.formulas[entry], (StandIn));
        uint256 count;
        for (uint256 i; i < f.chunks.length; ++i) {
            if (f.chunks[i] > 1) ++count;
        }
        runs = new FoldClaim[](count);
        count = 0;
        for (uint256 i; i < f.chunks.length; ++i) {
            if (f.chunks[i] > 1) runs[count++] = FoldClaim(uint32(i), 0, f.chunks[i], 0, 0, 0);
        }
    }

    /// @notice Shows part `part` of claim `i`.
    function partProofOf(Play memory play, uint256 i, uint256 part) internal view returns (PartProof memory) {
        bytes32[] memory parts = partsOf(play, i);
        uint256 word = uint256(parts[part]);
        return PartProof(i, part, int128(uint128(word >> 128)), int128(uint128(word)), Trees.partPath(parts, part));
    }

    function narrowTo(Play memory play, uint256 i, uint256 part) internal {
        PartProof memory proof = partProofOf(play, i, part);
        FoldClaim memory run = play.folds[i];
        vm.prank(play.state.challenger);
        play.state = arbiter.narrow(play.game, play.state, play.folds, proof);
        uint256 size = Trees.partSize(run.chunks, play.folds.length);
        uint256 rest = run.chunks - part * size;
        play.folds = new FoldClaim[](1);
        play.folds[0] = FoldClaim(
            run.fold,
            uint32(run.first + part * size),
            uint32(rest < size ? rest : size),
            proof.before,
            proof.afterwards,
            0
        );
    }

    function exhibitOf(Play memory play) internal view returns (Exhibit memory exhibit) {
        World memory w = world;
        uint256 entry = play.state.entry;
        exhibit.receipt = abi.decode(abi.encode(play.receipt), (Receipt)); // no other name for the same one
        exhibit.signature = signatureOf(play);
        exhibit.model = Worlds.opening(w);
        exhibit.formula = w.formulas[entry];
        exhibit.path = Worlds.formulaPath(w, entry);
        exhibit.request = request;
        Evidence memory evidence;
        evidence.tensors = new TensorOpening[](1);
        evidence.tensors[0] = TensorOpening(1, play.state.entries, "header", play.state.traceTree, request);
        evidence.leaves = new LeafOpening[](1);
        evidence.leaves[0] = LeafOpening(0, 0, exhibit.formula, new bytes32[](0));
        exhibit.evidence = abi.encode(evidence);
    }

    /// @notice What proofs bring behind the receipt.
    function signatureOf(Play memory play) internal view returns (bytes memory) {
        return bytes.concat(signReceipt(play.receipt), play.stage);
    }

    /// @notice The leaf that holds an element, up to the node revealed.
    function leafProofOf(Play memory play, uint256 element) internal pure returns (LeafProof memory) {
        Game memory g = play.state;
        bytes memory data = play.run.data[g.entry];
        uint256 leaf = element * Worlds.sizeOf(g.storedType) / 512;
        return LeafProof(Trees.leafAt(data, leaf), Trees.path(Trees.leavesOf(data), Trees.zeroLeaf(), 0, leaf, g.below));
    }

    function proveElement(Play memory play, uint64 element) internal {
        Exhibit memory exhibit = exhibitOf(play);
        LeafProof memory leaf = leafProofOf(play, element);
        vm.prank(play.state.challenger);
        arbiter.proveElement(play.game, play.state, exhibit, element, leaf, play.folds);
    }

    function proveChunk(Play memory play, uint256 i, uint256 part) internal {
        Exhibit memory exhibit = exhibitOf(play);
        PartProof memory proof = partProofOf(play, i, part);
        vm.prank(play.state.challenger);
        arbiter.proveChunk(play.game, play.state, exhibit, play.folds, proof);
    }

    /// @dev That the arbiter refuses this of the challenger's.
    function refuse(bytes memory call, bytes4 why) internal {
        vm.prank(challenger);
        (bool success, bytes memory reason) = address(arbiter).call(call);
        vm.assertTrue(!success, "refused");
        vm.assertEq(bytes32(bytes4(reason)), bytes32(why), "why");
    }

    /// @dev That this of the challenger's ends the game with a verdict, and costs the seller its cap.
    function convict(Play memory play, bytes memory call, IGraphArbiter.Ground ground) internal {
        uint256 before = stakeOf(provider);
        vm.expectEmit();
        emit IGraphArbiter.Convicted(
            play.game, registry.receiptDigest(play.receipt), challenger, ground, SLASH_CAP / 2, SLASH_CAP / 2
        );
        vm.prank(challenger);
        (bool success,) = address(arbiter).call(call);
        vm.assertTrue(success, "convicted");
        vm.assertEq(stakeOf(provider), before - SLASH_CAP, "slashed");
        vm.assertEq(arbiter.stateOf(play.game), bytes32(0), "over");
    }

    /// @dev Assigning a struct in memory would give another name to the same one.
    function copyOf(Game memory g) internal pure returns (Game memory) {
        return abi.decode(abi.encode(g), (Game));
    }

    function stakeOf(address account) internal view returns (uint256) {
        return registry.getProvider(account).stake;
    }
}
