// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../src/interfaces/IEscrow.sol";
import {IGraphArbiter} from "../../src/interfaces/IGraphArbiter.sol";
import {IGraphProofs} from "../../src/interfaces/IGraphProofs.sol";
import {IStages} from "../../src/interfaces/IStages.sol";
import {Offer, ProofKind, Receipt} from "../../src/types/Market.sol";
import {MarketTest} from "../base/MarketTest.sol";
import {StandIn, StandInFormulas} from "./StandInFormulas.sol";
import {StandInStages} from "./StandInStages.sol";
import {Run, World, Worlds} from "./Worlds.sol";

/// @title A market with an exact model and its arbiter
abstract contract JudgedMarket is MarketTest {
    uint40 internal constant WINDOW = 3 days;
    uint40 internal constant CLOCK = 1 days;
    uint96 internal constant BOND = 20e6;
    uint32 internal constant BOND_BURN_PPM = 100_000;
    uint96 internal constant CHARGE = 3e6;
    bytes32 internal constant PROFILE = keccak256("stoa/exact/1/graph");
    bytes32 internal constant COMPOSED = keccak256("stoa/exact/1/stand-in");
    address internal constant BURNED = 0x000000000000000000000000000000000000dEaD;

    address internal immutable challenger = vm.addr(uint256(keccak256("challenger")));

    IGraphProofs internal proofs;
    IGraphArbiter internal arbiter;
    IStages internal stages;
    World internal world;
    bytes32 internal exactOffer;
    bytes32[] internal request;

    function setUp() public virtual override {
        super.setUp();
        proofs = IGraphProofs(deploy("GraphProofs", abi.encode(new StandInFormulas())));
        stages = deployStages();
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
        return IGraphArbiter(deploy("GraphArbiter", abi.encode(registry, proofs, stages, window, clock, bond, burnPpm)));
    }

    function deployStages() internal virtual returns (IStages) {
        (bytes32[] memory profiles, address[] memory tasks) = (new bytes32[](1), new address[](1));
        (profiles[0], tasks[0]) = (COMPOSED, address(new StandInStages()));
        return IStages(deploy("StageBook", abi.encode(registry, profiles, tasks)));
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
}
