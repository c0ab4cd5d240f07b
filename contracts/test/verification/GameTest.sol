// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Evidence, LeafOpening, TensorOpening} from "../../src/interfaces/IFormulas.sol";
import {IEscrow} from "../../src/interfaces/IEscrow.sol";
import {IGraphArbiter} from "../../src/interfaces/IGraphArbiter.sol";
import {IGraphProofs} from "../../src/interfaces/IGraphProofs.sol";
import {Exhibit, FoldClaim, Game, LeafProof, PartProof, Phase} from "../../src/types/Dispute.sol";
import {Offer, ProofKind, Receipt} from "../../src/types/Market.sol";
import {MarketTest} from "../base/MarketTest.sol";
import {StandIn, StandInFormulas, StandInMath} from "./StandInFormulas.sol";
import {Trees} from "./Trees.sol";
import {Run, World, Worlds} from "./Worlds.sol";

/// @notice A game as its players know it.
/// @param run What the seller commits to. @param shift Added to the states of fold `shiftedFold` from chunk `shiftedChunk` on, where the seller lies
/// about them. @param folds As last posted.
struct Play {
    uint256 game;
    Game state;
    Run run;
    Receipt receipt;
    int128 shift;
    uint256 shiftedFold;
    uint256 shiftedChunk;
    FoldClaim[] folds;
}

/// @title A market with an exact model, its arbiter, and players that know the rules
abstract contract GameTest is MarketTest {
    uint40 internal constant WINDOW = 3 days;
    uint40 internal constant CLOCK = 1 days;
    uint96 internal constant BOND = 20e6;
    uint32 internal constant BOND_BURN_PPM = 100_000;
    uint96 internal constant CHARGE = 3e6;
    bytes32 internal constant PROFILE = keccak256("stoa/exact/1/graph");
    address internal constant BURNED = 0x000000000000000000000000000000000000dEaD;

    address internal immutable challenger = vm.addr(uint256(keccak256("challenger")));

    IGraphProofs internal proofs;
    IGraphArbiter internal arbiter;
    World internal world;
    bytes32 internal exactOffer;
    bytes32[] internal request;

    function setUp() public virtual override {
        super.setUp();
        proofs = IGraphProofs(deploy("GraphProofs", abi.encode(new StandInFormulas())));
        arbiter = deployArbiter(WINDOW, CLOCK, BOND, BOND_BURN_PPM);
        World memory made = Worlds.worldOf(standIns(), outputs());
        world = made;
        models.publish(modelOwner, "card", made.weights, OWNER_SHARE_PPM, 500);
        // Its escrow holds the token that is staked, so that a charge can be given back.
        IEscrow stakeEscrow = deployEscrow(address(stakeToken), address(registry), DELAY, VALIDITY);
        Offer memory offer = defaultOffer();
        offer.modelId = 2;
        offer.proofKind = ProofKind.Exact;
        offer.arbiter = address(arbiter);
        offer.profile = PROFILE;
        offer.escrow = address(stakeEscrow);
        offer.sink = address(deploySink(stakeEscrow, registry, models));
        exactOffer = createOffer(offer);
        request = [bytes32("first tensor"), bytes32("second tensor")];
        fund(challenger);
    }

    function deployArbiter(uint40 window, uint40 clock, uint96 bond, uint32 burnPpm) internal returns (IGraphArbiter) {
        return IGraphArbiter(deploy("GraphArbiter", abi.encode(registry, proofs, window, clock, bond, burnPpm)));
    }

    /// @dev Entries of every kind that matters to the game: small; of rank 4; whole though of several leaves; with rows; with folds.
    function standIns() internal pure virtual returns (StandIn[] memory all) {
        all = new StandIn[](5);
        uint32[] memory none = new uint32[](0);
        all[0] = StandIn(0, dimsOf(10), none, 100);
        all[1] = StandIn(1, dimsOf(1, 2, 3, 4), none, 101);
        all[2] = StandIn(6, dimsOf(600), none, 102);
        all[3] = StandIn(2, dimsOf(longest()), none, 103);
        all[4] = StandIn(4, dimsOf(3, 7), new uint32[](3), 104);
        (all[4].chunks[0], all[4].chunks[1], all[4].chunks[2]) = (5, 1, 200);
    }

    /// @dev Elements of four bytes of the entry that has rows: 67 leaves.
    function longest() internal pure virtual returns (uint32) {
        return 8_500;
    }

    function outputs() internal pure virtual returns (uint32[] memory entries) {
        entries = new uint32[](2);
        (entries[0], entries[1]) = (4, 1);
    }

    function dimsOf(uint32 a) internal pure returns (uint32[] memory dims) {
        dims = new uint32[](1);
        dims[0] = a;
    }

    function dimsOf(uint32 a, uint32 b) internal pure returns (uint32[] memory dims) {
        dims = new uint32[](2);
        (dims[0], dims[1]) = (a, b);
    }

    function dimsOf(uint32 a, uint32 b, uint32 c, uint32 d) internal pure returns (uint32[] memory dims) {
        dims = new uint32[](4);
        (dims[0], dims[1], dims[2], dims[3]) = (a, b, c, d);
    }

    function fund(address account) internal {
        stakeToken.mint(account, 10 * BOND);
        vm.prank(account);
        stakeToken.approve(address(arbiter), type(uint256).max);
    }

    /// @notice A receipt for what this run gives.
    function receiptOf(Run memory run) internal view returns (Receipt memory receipt) {
        World memory w = world;
        receipt = receiptOf(uint64(1), CHARGE, CHARGE);
        receipt.offerId = exactOffer;
        receipt.charge = CHARGE;
        receipt.weightsDigest = w.weights;
        receipt.requestDigest = listDigest(request);
        receipt.responseDigest = listDigest(responseOf(w, run));
    }

    function responseOf(World memory w, Run memory run) internal pure returns (bytes32[] memory digests) {
        digests = new bytes32[](w.outputs.length);
        for (uint256 i; i < digests.length; ++i) {
            (bytes memory header, bytes memory data) = Worlds.outputOf(w, run, i);
            digests[i] = Worlds.tensorDigest(header, data);
        }
    }

    function listDigest(bytes32[] memory digests) internal pure returns (bytes32) {
        return sha256(abi.encodePacked(hex"0301", uint16(digests.length), digests));
    }

    function truth() internal view returns (Run memory) {
        return Worlds.truthOf(world);
    }

    /// @notice The truth but for one byte.
    function lie(uint256 entry, uint256 place) internal view returns (Run memory run) {
        run = truth();
        run.data[entry][place] = bytes1(uint8(run.data[entry][place]) ^ 1);
    }

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
        bytes32[] memory nodes = Trees.row(digests, 0, depth, 0, Trees.traceRow(depth));
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
            return Trees.row(Worlds.digestsOf(play.run), 0, g.below, g.index, Trees.traceRow(g.below));
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
        exhibit.signature = signReceipt(exhibit.receipt);
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

    /// @dev Assigning a struct in memory would give another name to the same one.
    function copyOf(Game memory g) internal pure returns (Game memory) {
        return abi.decode(abi.encode(g), (Game));
    }

    function stakeOf(address account) internal view returns (uint256) {
        return registry.getProvider(account).stake;
    }
}
