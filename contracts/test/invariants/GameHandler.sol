// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGraphArbiter} from "../../src/interfaces/IGraphArbiter.sol";
import {FoldClaim, Game, LeafProof, Phase} from "../../src/types/Dispute.sol";
import {Offer, Receipt} from "../../src/types/Market.sol";
import {GameTest, Play} from "../verification/GameTest.sol";
import {StandIn, StandInMath} from "../verification/StandInFormulas.sol";
import {Trees} from "../verification/Trees.sol";
import {Run, World, Worlds} from "../verification/Worlds.sol";

/// @title Sellers and challengers at work, many games at once
/// @notice Two sellers: an honest one that answers in time, and one that lies about a byte or about a state, or falls silent when it likes. Its
/// challengers know the lie and play in time; those of the honest one look anywhere, try every proof, and wait.
/// @dev Every move that is made must succeed and every false proof must fail: the profile fails on reverts. An action that makes no sense now is not
/// made.
contract GameHandler is GameTest {
    uint256 public constant MOST_GAMES = 8;

    /// @dev What is known of a game beside what its moves say. `play` is abi.encode of its Play, the run left out.
    struct Table {
        bool honest;
        bool over;
        uint32 entry;
        uint64 element;
        uint8 fold;
        uint32 chunk;
        int128 shift;
        bytes play;
    }

    address public immutable dishonest = vm.addr(uint256(keccak256("dishonest provider")));
    bytes32 public falseOffer;
    Table[] private _tables;
    bytes32[] private _digests;
    mapping(bytes32 receiptDigest => uint256) private _firsts;
    mapping(bytes32 receiptDigest => bool) private _known;
    uint256 public active;
    uint256 public convicted;
    uint256 public dismissed;
    /// @notice Moves of each kind that went through, so that a run which did nothing can be told.
    mapping(bytes32 kind => uint256) public done;

    function setUp() public override {
        super.setUp();
        register(dishonest, signer);
        addStake(dishonest, STAKE);
        Offer memory offer = registry.getOffer(exactOffer);
        offer.provider = dishonest;
        falseOffer = createOffer(offer);
        stakeToken.mint(challenger, 1_000 * BOND);
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

    function begin(uint256 random) external {
        if (active == MOST_GAMES) return;
        Table memory table;
        table.honest = random % 3 == 0;
        table.entry = uint32([0, 1, 2, 3, 4, 4, 4, 4][(random >> 8) % 8]); // what has folds takes more moves
        table.element = uint64(random >> 40) % uint64([10, 24, 60, 300, 3][table.entry]);
        bool aboutStates = table.entry == 4 && (random >> 104) % 4 != 0; // else about the element alone
        if (!table.honest) {
            table.shift = int128(uint128(1 + (random >> 112) % 100)); // no multiple of 128
            if (aboutStates) {
                table.fold = (random >> 120) % 2 == 0 ? 0 : 2;
                table.chunk = uint32((random >> 128) % (table.fold == 0 ? 5 : 80));
            } else {
                table.fold = 255;
            }
        }
        Receipt memory receipt = receiptFor(table);
        if (registry.slashedFor(registry.receiptDigest(receipt)) != 0) return; // it can cost nothing more
        Play memory play = begin(runOf(table), receipt);
        if (!_known[play.state.subject]) _firsts[play.state.subject] = _tables.length;
        _known[play.state.subject] = true;
        _digests.push(play.state.subject);
        keep(play, table, _tables.length);
        ++active;
        ++done["begin"];
    }

    /// @notice The next move of whoever has the turn, if they are minded to make it.
    function step(uint256 which, uint256 random) public {
        which = pick(which);
        if (which == type(uint256).max) return;
        Table memory table = _tables[which];
        Play memory play = load(table);
        if (block.timestamp > deadlineOf(play.state)) return;
        bool lazy = random % 8 == 0;
        if (isSellers(play.state.phase)) {
            if (!table.honest && lazy) return;
            answer(play);
            ++done["answer"];
        } else if (table.honest) {
            if (lazy || !search(play, table, random >> 8)) return;
        } else {
            pursue(play, table);
        }
        keep(play, table, which);
    }

    /// @notice Time passes. Whoever plays in time has moved before it does.
    function pass(uint40 time, uint256 random) external {
        // Mostly little, or no liar would get far.
        time = uint40(bound(time, 1, random % 8 == 0 ? 2 * CLOCK : CLOCK / 8));
        for (uint256 i; i < _tables.length; ++i) {
            if (_tables[i].over) continue;
            Play memory play = load(_tables[i]);
            // The honest seller's turn, or that of the liar's challenger.
            if (isSellers(play.state.phase) == _tables[i].honest && block.timestamp + time > deadlineOf(play.state)) {
                step(i, random | 1);
            }
        }
        vm.warp(block.timestamp + time);
        ++done["pass"];
    }

    /// @notice Ends a game whose clock has run out.
    function end(uint256 which) public {
        which = pick(which);
        if (which == type(uint256).max) return;
        Table memory table = _tables[which];
        Play memory play = load(table);
        if (block.timestamp <= deadlineOf(play.state)) return;
        if (isSellers(play.state.phase)) {
            vm.assertTrue(!table.honest, "an honest seller that answers in time never loses");
            arbiter.proveSilence(play.game, play.state, play.receipt, signReceipt(play.receipt));
            won(table);
            ++done["silence"];
        } else {
            vm.assertTrue(table.honest, "a challenger that knows the lie and plays in time never loses");
            arbiter.dismiss(play.game, play.state);
            table.over = true;
            (--active, ++dismissed);
            ++done["dismiss"];
        }
        keep(play, table, which);
    }

    /// @notice The liar takes its stake away as far as it may.
    function unbond(uint96 amount) external {
        uint96 staked = registry.getProvider(dishonest).stake;
        if (staked == 0) return;
        amount = uint96(bound(amount, 1, staked));
        vm.prank(dishonest);
        registry.unbond(amount);
        ++done["unbond"];
    }

    function judge() external view returns (IGraphArbiter) {
        return arbiter;
    }

    /// @notice The honest one.
    function seller() external view returns (address) {
        return provider;
    }

    function count() external view returns (uint256) {
        return _tables.length;
    }

    function receiptDigestOf(uint256 which) external view returns (bytes32, bool) {
        return (_digests[which], _tables[which].honest);
    }

    /// @notice Whether no game before it is about the same receipt.
    function isFirstOf(uint256 which) external view returns (bool) {
        return _firsts[_digests[which]] == which;
    }

    /// @notice Ends all that can be ended; several times, since others may have time yet.
    function endAll() external {
        for (uint256 i; i < _tables.length; ++i) {
            if (!_tables[i].over) end(i);
        }
    }

    /// @dev A challenger that knows what is false goes there.
    function pursue(Play memory play, Table memory table) private {
        Phase phase = play.state.phase;
        if (phase == Phase.PickInTrace || phase == Phase.PickInTensor) {
            descendTo(play, table.entry, table.element);
            ++done["descend"];
        } else if (phase == Phase.Examine && table.entry == 4) {
            disputeElement(play, table.element);
            ++done["dispute"];
        } else if (phase == Phase.Examine || table.fold == 255) {
            proveElement(play, table.element);
            won(table);
            ++done["proveElement"];
        } else {
            pursueState(play, table);
        }
    }

    function pursueState(Play memory play, Table memory table) private {
        uint256 claim = play.folds[0].fold == table.fold ? 0 : 1;
        FoldClaim memory run = play.folds[claim];
        uint256 size = Trees.partSize(run.chunks, play.folds.length);
        uint256 part = (table.chunk - run.first) / size;
        uint256 rest = run.chunks - part * size;
        if (size == 1 || rest == 1) {
            proveChunk(play, claim, part);
            won(table);
            ++done["proveChunk"];
        } else {
            narrowTo(play, claim, part);
            ++done["narrow"];
        }
    }

    /// @dev A challenger that knows nothing looks anywhere, and tries what may not succeed.
    /// @return Whether it moved.
    function search(Play memory play, Table memory table, uint256 random) private returns (bool) {
        Phase phase = play.state.phase;
        if (phase == Phase.PickInTrace || phase == Phase.PickInTensor) {
            descendTo(play, table.entry, table.element);
        } else if (phase == Phase.Examine) {
            tryElement(play, table.element);
            if (table.entry != 4) return false;
            disputeElement(play, table.element);
        } else {
            if (phase == Phase.PickPart) tryElement(play, table.element);
            uint256 claim = random % play.folds.length;
            FoldClaim memory run = play.folds[claim];
            uint256 size = Trees.partSize(run.chunks, play.folds.length);
            uint256 part = (random >> 8) % Trees.ceilDiv(run.chunks, size);
            if (size == 1 || run.chunks - part * size == 1) {
                tryChunk(play, claim, part);
                return false;
            }
            narrowTo(play, claim, part);
        }
        ++done["search"];
        return true;
    }

    function tryElement(Play memory play, uint64 element) private {
        LeafProof memory leaf = leafProofOf(play, element);
        attempt(
            play,
            abi.encodeCall(arbiter.proveElement, (play.game, play.state, exhibitOf(play), element, leaf, play.folds))
        );
        attempt(play, abi.encodeCall(arbiter.proveHeader, (play.game, play.state, exhibitOf(play))));
    }

    function tryChunk(Play memory play, uint256 claim, uint256 part) private {
        attempt(
            play,
            abi.encodeCall(
                arbiter.proveChunk, (play.game, play.state, exhibitOf(play), play.folds, partProofOf(play, claim, part))
            )
        );
    }

    function attempt(Play memory play, bytes memory call) private {
        vm.prank(play.state.challenger);
        (bool success,) = address(arbiter).call(call);
        vm.assertTrue(!success, "nothing convicts an honest seller");
        ++done["refused"];
    }

    function won(Table memory table) private {
        table.over = true;
        (--active, ++convicted);
    }

    /// @dev A game that is on, or the greatest number if none is.
    function pick(uint256 which) private view returns (uint256) {
        uint256 count = _tables.length;
        if (count == 0) return type(uint256).max;
        for (uint256 i; i < count; ++i) {
            uint256 place = (which % count + i) % count;
            if (!_tables[place].over) return place;
        }
        return type(uint256).max;
    }

    function deadlineOf(Game memory g) private pure returns (uint256) {
        return g.since + (isSellers(g.phase) ? g.sellerLeft : g.challengerLeft);
    }

    function runOf(Table memory table) private view returns (Run memory run) {
        run = truth();
        if (table.honest) return run;
        StandIn memory f = abi.decode(world.formulas[table.entry], (StandIn));
        int256 sum = Worlds.elementOf(f, table.element) + table.shift;
        run.data[table.entry][table.element * Worlds.sizeOf(f.storedType)] =
            bytes1(uint8(uint256(StandInMath.valueOf(sum))));
    }

    function receiptFor(Table memory table) private view returns (Receipt memory receipt) {
        World memory w = world;
        receipt = receiptOf(uint64(_tables.length / 2 + 1), CHARGE, CHARGE); // two games may be about one receipt
        receipt.offerId = table.honest ? exactOffer : falseOffer;
        receipt.charge = CHARGE;
        receipt.weightsDigest = w.weights;
        receipt.requestDigest = listDigest(request);
        receipt.responseDigest = "response";
        receipt.answeredAt = uint40(block.timestamp / 1 hours * 1 hours);
    }

    function keep(Play memory play, Table memory table, uint256 which) private {
        table.play = abi.encode(play.game, play.state, play.receipt, play.folds);
        if (which == _tables.length) _tables.push(table);
        else _tables[which] = table;
    }

    function load(Table memory table) private view returns (Play memory play) {
        (play.game, play.state, play.receipt, play.folds) =
            abi.decode(table.play, (uint256, Game, Receipt, FoldClaim[]));
        play.run = runOf(table);
        if (table.fold != 255) {
            (play.shift, play.shiftedFold, play.shiftedChunk) = (table.shift, table.fold, table.chunk);
        }
    }
}
