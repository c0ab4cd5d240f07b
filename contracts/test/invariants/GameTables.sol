// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStages} from "../../src/interfaces/IStages.sol";
import {FoldClaim, Game, Stage} from "../../src/types/Dispute.sol";
import {Offer, Receipt} from "../../src/types/Market.sol";
import {CheckedSteps, StepsMath} from "../verification/CheckedSteps.sol";
import {GameTest, Play} from "../verification/GameTest.sol";
import {StandIn, StandInMath} from "../verification/StandInFormulas.sol";
import {StandInStages} from "../verification/StandInStages.sol";
import {Trees} from "../verification/Trees.sol";
import {Run, World, Worlds} from "../verification/Worlds.sol";

/// @notice What an answer is made of: a single graph, runs of one, steps with a run among them.
enum Kind {
    Graph,
    Stages,
    Steps
}

/// @notice Where a seller is wrong: in an element, or a state of its folds, of a graph's run; in a step; in what it says that the run gave.
enum Lie {
    None,
    Element,
    Step,
    Output
}

/// @notice What is known of a game beside what its moves say.
/// @param entry Where the lie is, or where a challenger looks that knows nothing. @param fold Whose states are shifted from `chunk` on; 255 if none.
/// @param play abi.encode of its Play, the run left out.
struct Table {
    Kind kind;
    Lie lie;
    bool over;
    uint32 entry;
    uint64 element;
    uint8 fold;
    uint32 chunk;
    int128 shift;
    bytes play;
}

/// @title Games that are played side by side, and what their sellers say
/// @notice Two sellers: an honest one, and one that lies in every answer.
abstract contract GameTables is GameTest {
    bytes32 private constant STEPPED = keccak256("stoa/exact/1/stepped");
    bytes32 private constant STEPS = keccak256("steps");

    address public immutable dishonest = vm.addr(uint256(keccak256("dishonest provider")));
    Table[] internal _tables;
    bytes32[] private _digests;
    mapping(bytes32 receiptDigest => uint256) private _firsts;
    mapping(bytes32 receiptDigest => bool) private _known;
    mapping(address seller => mapping(Kind => bytes32)) private _offers;

    /// @dev One model, whose graph is known by two names, sold by both in all three ways.
    function setUp() public virtual override {
        super.setUp();
        World memory w = world;
        bytes32 root = sha256(w.graph);
        Worlds.bind(w, abi.encodePacked(hex"0102", uint8(8), "generate", root, uint8(10), "model.onnx", root));
        world = w;
        models.publish(modelOwner, "card", w.weights, OWNER_SHARE_PPM, 500);
        register(dishonest, signer);
        addStake(dishonest, STAKE);
        address[2] memory sellers = [provider, dishonest];
        bytes32[3] memory profiles = [PROFILE, COMPOSED, STEPPED];
        Offer memory offer = registry.getOffer(exactOffer);
        offer.modelId = 3;
        for (uint256 i; i < 6; ++i) {
            (offer.provider, offer.profile) = (sellers[i / 3], profiles[i % 3]);
            _offers[offer.provider][Kind(i % 3)] = createOffer(offer);
        }
        stakeToken.mint(challenger, 1_000 * BOND);
    }

    function deployStages() internal override returns (IStages) {
        (bytes32[] memory profiles, address[] memory tasks) = (new bytes32[](2), new address[](2));
        (profiles[0], tasks[0]) = (COMPOSED, address(new StandInStages()));
        (profiles[1], tasks[1]) = (STEPPED, address(new CheckedSteps()));
        return IStages(deploy("StageBook", abi.encode(registry, profiles, tasks)));
    }

    /// @dev Small, for there are many games. Folds of 5, 1 and 80 chunks.
    function standIns() internal pure override returns (StandIn[] memory all) {
        uint32[] memory none = new uint32[](0);
        all = new StandIn[](5);
        all[0] = StandIn(0, dimsOf(10), none, 100);
        all[1] = StandIn(1, dimsOf(1, 2, 3, 4), none, 101);
        all[2] = StandIn(6, dimsOf(60), none, 102);
        all[3] = StandIn(2, dimsOf(300), none, 103);
        all[4] = StandIn(4, dimsOf(1, 3), new uint32[](3), 104);
        (all[4].chunks[0], all[4].chunks[1], all[4].chunks[2]) = (5, 1, 80);
    }

    function count() external view returns (uint256) {
        return _tables.length;
    }

    function receiptDigestOf(uint256 which) external view returns (bytes32, bool) {
        return (_digests[which], isHonest(_tables[which]));
    }

    /// @notice Whether no game before it is about the same receipt.
    function isFirstOf(uint256 which) external view returns (bool) {
        return _firsts[_digests[which]] == which;
    }

    function isHonest(Table memory table) internal pure returns (bool) {
        return table.lie == Lie.None;
    }

    /// @notice Whether the game is about steps, and not, or not yet, about a run.
    function isAboutSteps(Play memory play) internal pure returns (bool) {
        return play.state.folds == STEPS;
    }

    function draw(uint256 random) internal pure returns (Table memory table) {
        table.kind = Kind((random >> 16) % 3);
        table.entry = uint32([0, 1, 2, 3, 4, 4, 4, 4][(random >> 8) % 8]); // what has folds takes more moves
        table.element = uint64(random >> 40) % uint64([10, 24, 60, 300, 3][table.entry]);
        if (random % 3 == 0) return table;
        table.lie = table.kind == Kind.Steps ? Lie(1 + (random >> 24) % 3) : Lie.Element;
        table.shift = int128(uint128(1 + (random >> 112) % 100)); // no multiple of 128
        if (table.entry == 4 && (random >> 104) % 4 != 0) {
            table.fold = (random >> 120) % 2 == 0 ? 0 : 2;
            table.chunk = uint32((random >> 128) % (table.fold == 0 ? 5 : 80));
        } else {
            table.fold = 255; // about the element alone
        }
    }

    function receiptFor(Table memory table) internal view returns (Receipt memory receipt) {
        receipt = receiptOf(uint64(_tables.length / 2 + 1), CHARGE, CHARGE); // two games may be about one receipt
        receipt.offerId = _offers[isHonest(table) ? provider : dishonest][table.kind];
        receipt.charge = CHARGE;
        receipt.weightsDigest = world.weights;
        receipt.requestDigest = listDigest(request);
        receipt.responseDigest = table.kind == Kind.Stages ? keccak256(abi.encode(runs())) : bytes32("response");
        receipt.answeredAt = uint40(block.timestamp / 1 hours * 1 hours);
    }

    /// @notice Opens the game, and remembers the receipt that it is about.
    function beginAt(Table memory table, Receipt memory receipt, uint256 random) internal returns (Play memory play) {
        if (table.kind == Kind.Graph) {
            play = begin(runOf(table), receipt);
        } else {
            Stage memory stage = Stage(STEPS, receipt.requestDigest, receipt.responseDigest);
            uint256 place = table.kind == Kind.Steps ? 0 : random % 2;
            if (table.kind == Kind.Stages) stage = runs()[place];
            (play.receipt, play.stage) = (receipt, abi.encode(stage));
            bytes memory opening = abi.encode(runs());
            bytes memory signature = signReceipt(receipt);
            vm.prank(challenger);
            (play.game, play.state) = arbiter.challengeStage(receipt, signature, place, opening);
        }
        bytes32 digest = registry.receiptDigest(receipt);
        if (!_known[digest]) _firsts[digest] = _tables.length;
        _known[digest] = true;
        _digests.push(digest);
    }

    /// @notice The run among the steps, as the seller's trace claims it, and what shows it.
    function claimedRun(Play memory play) internal pure returns (Stage memory stage, bytes memory opening) {
        bytes memory data = play.run.data[StepsMath.GIVEN];
        (bytes32 runRequest, bytes32 runResponse) = abi.decode(data, (bytes32, bytes32));
        stage = Stage(keccak256("generate"), runRequest, runResponse);
        (,, bytes32[] memory path) = entryOf(play, StepsMath.GIVEN);
        opening = abi.encode(data, path);
    }

    /// @notice An entry of the trace that the seller committed to, its digest and its path.
    function entryOf(Play memory play, uint256 entry) internal pure returns (uint256, bytes32, bytes32[] memory) {
        bytes32[] memory digests = Worlds.digestsOf(play.run);
        return (entry, digests[entry], Trees.path(digests, 0, 0, entry, Trees.depthOf(digests.length)));
    }

    /// @notice Which step is false, where one is: none that a graph gave.
    function falseStep(Table memory table) internal pure returns (uint256) {
        return table.entry < StepsMath.GIVEN ? table.entry : table.entry + 1;
    }

    function keep(Play memory play, Table memory table, uint256 which) internal {
        table.play = abi.encode(play.game, play.state, play.receipt, play.folds, play.stage);
        if (which == _tables.length) _tables.push(table);
        else _tables[which] = table;
    }

    function load(Table memory table) internal view returns (Play memory play) {
        (play.game, play.state, play.receipt, play.folds, play.stage) =
            abi.decode(table.play, (uint256, Game, Receipt, FoldClaim[], bytes));
        play.run = isAboutSteps(play) ? stepsOf(table, play.receipt) : runOf(table);
        if (table.lie == Lie.Element && table.fold != 255) {
            (play.shift, play.shiftedFold, play.shiftedChunk) = (table.shift, table.fold, table.chunk);
        }
    }

    /// @dev The graph's run.
    function runOf(Table memory table) private view returns (Run memory run) {
        run = truth();
        if (table.lie != Lie.Element) return run;
        StandIn memory f = abi.decode(world.formulas[table.entry], (StandIn));
        int256 sum = Worlds.elementOf(f, table.element) + table.shift;
        run.data[table.entry][table.element * Worlds.sizeOf(f.storedType)] =
            bytes1(uint8(uint256(StandInMath.valueOf(sum))));
    }

    /// @dev The trace of steps: what the run gives is what the seller's run gives, unless that is the lie.
    function stepsOf(Table memory table, Receipt memory receipt) private view returns (Run memory run) {
        bytes32 output = Worlds.digestsOf(runOf(table))[StepsMath.OUTPUT];
        if (table.lie == Lie.Output) output = "another";
        run = StepsMath.runOf(receipt.requestDigest, listDigest(request), StepsMath.responseOf(output));
        if (table.lie == Lie.Step) run.data[falseStep(table)][table.element % 64] ^= 0x01;
    }

    /// @dev What an answer of stages consists of.
    function runs() private view returns (Stage[] memory all) {
        all = new Stage[](2);
        for (uint256 i; i < 2; ++i) {
            all[i] = Stage(keccak256("generate"), listDigest(request), bytes32(i + 1));
        }
    }
}
