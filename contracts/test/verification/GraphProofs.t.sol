// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDisputeErrors} from "../../src/interfaces/IDisputeErrors.sol";
import {IGraphArbiter} from "../../src/interfaces/IGraphArbiter.sol";
import {IGraphProofs} from "../../src/interfaces/IGraphProofs.sol";
import {
    Exhibit,
    FoldClaim,
    LeafProof,
    ModelOpening,
    PartProof,
    Phase,
    ResponseProof
} from "../../src/types/Dispute.sol";
import {GameTest, Play} from "./GameTest.sol";
import {StandInFormulas} from "./StandInFormulas.sol";
import {Trees} from "./Trees.sol";
import {Run, World, Worlds} from "./Worlds.sol";

/// @title Proofs as they are sent
abstract contract ProofTest is GameTest {
    uint64 internal constant ELEMENT = 3;

    /// @dev A call that is refused, and why.
    struct Call {
        bytes data;
        bytes4 why;
    }

    function elementWith(Play memory play, uint64 element, LeafProof memory leaf, bytes4 why)
        internal
        view
        returns (Call memory)
    {
        return Call(
            abi.encodeCall(arbiter.proveElement, (play.game, play.state, exhibitOf(play), element, leaf, play.folds)),
            why
        );
    }

    function countOf(Play memory play) internal view returns (bytes memory) {
        return abi.encodeCall(
            arbiter.proveCount, (play.game, play.state, play.receipt, signReceipt(play.receipt), Worlds.opening(world))
        );
    }

    function headerOf(Play memory play) internal view returns (bytes memory) {
        return abi.encodeCall(arbiter.proveHeader, (play.game, play.state, exhibitOf(play)));
    }

    function elementOf(Play memory play, uint64 element) internal view returns (bytes memory) {
        return abi.encodeCall(
            arbiter.proveElement,
            (play.game, play.state, exhibitOf(play), element, leafProofOf(play, element), play.folds)
        );
    }

    function with(Play memory play, Exhibit memory exhibit) internal view returns (bytes memory) {
        return abi.encodeCall(
            arbiter.proveElement, (play.game, play.state, exhibit, ELEMENT, leafProofOf(play, ELEMENT), play.folds)
        );
    }

    function refuse(Call memory call) internal {
        refuse(call.data, call.why);
    }
}

/// @title Proofs, and what is none
contract GraphProofsTest is ProofTest {
    function test_AnotherNumberOfEntriesConvicts() public {
        Run memory run = truth();
        Play memory play = begin(run);
        refuse(countOf(play), IDisputeErrors.WrongPhase.selector); // it has committed to nothing yet
        answer(play);
        refuse(countOf(play), IDisputeErrors.NothingProved.selector);

        Run memory short = truth();
        short.headers = new bytes[](4);
        short.data = new bytes[](4);
        for (uint256 i; i < 4; ++i) {
            (short.headers[i], short.data[i]) = (run.headers[i], run.data[i]);
        }
        play = begin(run);
        play.run = short;
        answer(play);
        convict(play, countOf(play), IGraphArbiter.Ground.Count);
    }

    function test_AnotherShapeOrTypeConvicts() public {
        bytes[4] memory headers = [
            Worlds.headerOf("t0", 1, dimsOf(10)), // as long, another type
            Worlds.headerOf("t0", 0, dimsOf(11)),
            Worlds.headerOf("t0", 0, dimsOf(1, 10)),
            Worlds.headerOf("t0", 0, dimsOf(2, 5))
        ];
        for (uint256 i; i < 4; ++i) {
            Run memory run = truth();
            run.headers[0] = headers[i];
            if (i == 1) run.data[0] = new bytes(11);
            Play memory play = begin(run);
            walkTo(play, 0, 0);
            convict(play, headerOf(play), IGraphArbiter.Ground.Header);
        }
        // Rank 4 lies in another order; the graph's is what the formula gives.
        Run memory channelsFirst = truth();
        channelsFirst.headers[1] = Worlds.headerOf("t1", 1, dimsOf(1, 2, 3, 4));
        Play memory turned = begin(channelsFirst);
        walkTo(turned, 1, 0);
        convict(turned, headerOf(turned), IGraphArbiter.Ground.Header);
    }

    function test_ATrueHeaderContradictsNothing() public {
        for (uint256 entry; entry < 5; ++entry) {
            Play memory play = begin(truth());
            answer(play);
            refuse(headerOf(play), IDisputeErrors.WrongPhase.selector);
            walkTo(play, entry, 0);
            refuse(headerOf(play), IDisputeErrors.NothingProved.selector);
        }
    }

    function test_TheLeafIsOneOfThoseRevealed() public {
        Play memory play = begin(lie(3, 0));
        walkTo(play, 3, 200); // leaves 0 and 1
        LeafProof memory leaf = leafProofOf(play, 0);
        vm.assertEq(leaf.path.length, 1, "of two leaves");
        refuse(elementWith(play, 256, leafProofOf(play, 255), IDisputeErrors.NoSuchElement.selector));
        refuse(elementWith(play, 0, leafProofOf(play, 200), bytes4(keccak256("WrongLeaf(bytes32,bytes32)"))));
        leaf.data = Trees.slice(leaf.data, 0, 511);
        refuse(elementWith(play, 0, leaf, bytes4(keccak256("NotALeaf(uint256)"))));
        leaf = leafProofOf(play, 0);
        leaf.path = new bytes32[](0);
        refuse(elementWith(play, 0, leaf, IDisputeErrors.WrongLength.selector));
        leaf.path = new bytes32[](2);
        refuse(elementWith(play, 0, leaf, IDisputeErrors.WrongLength.selector));
        refuse(elementWith(play, type(uint64).max, leaf, IDisputeErrors.NoSuchElement.selector));
        convict(play, elementOf(play, 0), IGraphArbiter.Ground.Element);
    }

    function test_TheExhibitIsOfThisReceiptModelEntryAndRequest() public {
        Play memory play = begin(lie(0, ELEMENT));
        walkTo(play, 0, ELEMENT);
        bytes4 wrongModel = bytes4(keccak256("WrongModel(bytes32,bytes32)"));
        bytes4 wrongFormula = bytes4(keccak256("WrongFormula(bytes32,bytes32)"));
        Exhibit memory exhibit = exhibitOf(play);
        exhibit.receipt.units = 2;
        refuse(with(play, exhibit), IGraphArbiter.WrongSubject.selector);
        exhibit = exhibitOf(play);
        exhibit.model.files[2] = "other";
        refuse(with(play, exhibit), wrongModel);
        exhibit = exhibitOf(play);
        exhibit.model.place = 2;
        refuse(with(play, exhibit), wrongModel);
        exhibit.model.place = 3;
        refuse(with(play, exhibit), bytes4(keccak256("MalformedModel()")));
        exhibit = exhibitOf(play);
        exhibit.model.formulasFile[20] ^= 0x01;
        refuse(with(play, exhibit), wrongModel);
        exhibit = exhibitOf(play);
        exhibit.model.graph[5] ^= 0x01;
        refuse(with(play, exhibit), wrongModel);
        exhibit = exhibitOf(play);
        exhibit.formula[31] ^= 0x01;
        refuse(with(play, exhibit), wrongFormula);
        exhibit = exhibitOf(play);
        exhibit.formula = world.formulas[1];
        exhibit.path = Worlds.formulaPath(world, 1);
        refuse(with(play, exhibit), wrongFormula);
        exhibit = exhibitOf(play);
        exhibit.path[1] = 0;
        refuse(with(play, exhibit), wrongFormula);
        exhibit = exhibitOf(play);
        exhibit.request[0] = "other";
        refuse(with(play, exhibit), bytes4(keccak256("WrongList(bytes32,bytes32)")));
        exhibit = exhibitOf(play);
        exhibit.evidence[exhibit.evidence.length - 64] ^= 0x01; // the formula that it repeats
        refuse(with(play, exhibit), StandInFormulas.WrongClaims.selector);
        exhibit.evidence = "";
        vm.prank(challenger);
        (bool success,) = address(arbiter).call(with(play, exhibit));
        vm.assertTrue(!success, "no evidence");
        exhibit = exhibitOf(play);
        exhibit.signature[0] ^= 0x01; // the registry saw the right one when the game began
        convict(play, with(play, exhibit), IGraphArbiter.Ground.Element);
    }

    function test_AnEntryBeyondTheFormulasHasNone() public {
        Run memory run = truth();
        Run memory longer;
        longer.headers = new bytes[](6);
        longer.data = new bytes[](6);
        for (uint256 i; i < 6; ++i) {
            (longer.headers[i], longer.data[i]) = (run.headers[i % 5], run.data[i % 5]);
        }
        longer.headers[5] = Worlds.headerOf("t5", 0, dimsOf(10));
        Play memory play = begin(run);
        play.run = longer;
        walkTo(play, 5, 0);
        Exhibit memory exhibit;
        play.state.entry = 0;
        exhibit = exhibitOf(play);
        play.state.entry = 5;
        refuse(with(play, exhibit), bytes4(keccak256("NoSuchFormula(uint256,uint256)")));
        convict(play, countOf(play), IGraphArbiter.Ground.Count);
    }

    function test_ProofsAreForTheChallengersTurn() public {
        Play memory play = begin(lie(0, ELEMENT));
        refuse(headerOf(play), IDisputeErrors.WrongPhase.selector);
        answer(play);
        refuse(
            abi.encodeCall(
                arbiter.proveElement,
                (play.game, play.state, exhibitOf(play), 0, LeafProof(new bytes(512), new bytes32[](0)), play.folds)
            ),
            IDisputeErrors.WrongPhase.selector
        );
        FoldClaim[] memory none;
        PartProof memory part;
        refuse(
            abi.encodeCall(arbiter.proveChunk, (play.game, play.state, exhibitOf(play), none, part)),
            IDisputeErrors.WrongPhase.selector
        );
        walkTo(play, 0, ELEMENT);
        refuse(
            abi.encodeCall(arbiter.proveChunk, (play.game, play.state, exhibitOf(play), none, part)),
            IDisputeErrors.WrongPhase.selector
        );
        // Anyone may send one, in the challenger's favour.
        bytes memory call = elementOf(play, ELEMENT);
        vm.prank(stranger);
        (bool success,) = address(arbiter).call(call);
        vm.assertTrue(success, "a stranger's");
        vm.assertEq(stakeToken.balanceOf(challenger), 10 * BOND + 23.5e6, "the challenger's");
        vm.assertEq(stakeToken.balanceOf(stranger), 0, "not the stranger's");
        refuse(call, IGraphArbiter.WrongState.selector); // over
    }

    function test_ClaimsAreForPostedFolds() public {
        Play memory play = begin(truth());
        walkTo(play, 0, ELEMENT);
        play.folds = runsOf(4);
        refuse(elementOf(play, ELEMENT), IDisputeErrors.WrongLength.selector);
        // An element whose folds have several chunks is not computed from nothing.
        play = begin(lie(4, 0));
        walkTo(play, 4, 0);
        vm.prank(challenger);
        (bool success,) = address(arbiter).call(elementOf(play, 0));
        vm.assertTrue(!success, "dispute first");
    }

    function test_WhatConvictsKeepsNothing() public view {
        vm.assertEq(address(arbiter.proofs()), address(proofs), "proofs");
        vm.assertTrue(address(proofs.formulas()) != address(0), "formulas");
    }
}

/// @title Any byte of a small model
contract AnyByteTest is ProofTest {
    function longest() internal pure override returns (uint32) {
        return 3;
    }

    /// @dev A whole game each time.
    /// forge-config: default.fuzz.runs = 64
    /// forge-config: deep.fuzz.runs = 2000
    function testFuzz_AnyFalseByteConvictsAndNoTrueOneDoes(uint256 entry, uint256 place, uint8 change) public {
        entry = bound(entry, 0, 3);
        Run memory run = truth();
        place = bound(place, 0, run.data[entry].length - 1);
        uint64 element = uint64(place / [1, 1, 2, 4][entry]);
        run.data[entry][place] ^= bytes1(change);
        Play memory play = begin(run);
        walkTo(play, entry, element);
        if (change == 0) refuse(elementOf(play, element), IDisputeErrors.NothingProved.selector);
        else convict(play, elementOf(play, element), IGraphArbiter.Ground.Element);
    }
}
