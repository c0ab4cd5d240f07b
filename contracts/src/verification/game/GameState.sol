// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IGraphArbiter} from "../../interfaces/IGraphArbiter.sol";
import {IGraphProofs} from "../../interfaces/IGraphProofs.sol";
import {IProviderRegistry} from "../../interfaces/IProviderRegistry.sol";
import {IStages} from "../../interfaces/IStages.sol";
import {Game, Phase} from "../../types/Dispute.sol";

/// @title Games, whose turn it is, and clocks
/// @dev Invariants: a game that is on has its state's hash in `stateOf`, one that is over has 0; it is the seller's turn or the challenger's, and every
/// move but `challenge` takes from the mover's clock what passed since the last one. The node comes down with every descent and the run of chunks
/// shortens with every part, so no game goes on for ever even where both have time.
abstract contract GameState is IGraphArbiter, ReentrancyGuardTransient {
    uint32 internal constant PPM = 1_000_000;
    /// @dev 22 words.
    uint256 private constant GAME_BYTES = 0x2c0;

    IProviderRegistry public immutable providerRegistry;
    IGraphProofs public immutable proofs;
    IStages public immutable stages;
    uint40 public immutable challengeWindow;
    uint40 public immutable clock;
    uint96 public immutable bond;
    uint32 public immutable bondBurnPpm;
    IERC20 internal immutable _token;

    uint256 public gameCount;
    mapping(uint256 game => bytes32) public stateOf;

    constructor(
        IProviderRegistry providerRegistry_,
        IGraphProofs proofs_,
        IStages stages_,
        uint40 challengeWindow_,
        uint40 clock_,
        uint96 bond_,
        uint32 bondBurnPpm_
    ) {
        if (
            address(providerRegistry_) == address(0) || address(proofs_) == address(0) || address(stages_) == address(0)
        ) revert ZeroAddress();
        if (challengeWindow_ == 0 || clock_ == 0 || bond_ == 0) revert ZeroAmount();
        if (bondBurnPpm_ == 0 || bondBurnPpm_ > PPM) revert BurnOutOfRange(bondBurnPpm_, PPM);
        providerRegistry = providerRegistry_;
        proofs = proofs_;
        stages = stages_;
        challengeWindow = challengeWindow_;
        clock = clock_;
        bond = bond_;
        bondBurnPpm = bondBurnPpm_;
        _token = IERC20(providerRegistry_.stakeToken());
    }

    /// @dev For a move of the seller's, in one of two phases.
    function _sellers(uint256 game, Game calldata state, Phase phase, Phase orPhase)
        internal
        view
        returns (Game memory g)
    {
        g = _load(game, state);
        _requirePhase(g, phase, orPhase);
        _requireInTime(g);
        if (msg.sender != g.provider && !providerRegistry.isSignerOf(g.provider, msg.sender)) {
            revert NotSeller(msg.sender, g.provider);
        }
    }

    /// @dev For a move of the challenger's, in one of two phases.
    function _challengers(uint256 game, Game calldata state, Phase phase, Phase orPhase)
        internal
        view
        returns (Game memory g)
    {
        g = _load(game, state);
        _requirePhase(g, phase, orPhase);
        _requireInTime(g);
        if (msg.sender != g.challenger) revert NotChallenger(msg.sender, g.challenger);
    }

    /// @dev For a proof: it is the challenger's turn and its clock runs.
    function _provable(uint256 game, Game calldata state) internal view returns (Game memory g) {
        g = _load(game, state);
        if (_isSellers(g.phase)) revert WrongPhase(g.phase);
        _requireInTime(g);
    }

    /// @dev Takes from the mover's clock, and hands the turn over. No clock becomes negative: the move was in time.
    function _move(uint256 game, Game memory g, Phase next) internal {
        unchecked {
            uint40 spent = uint40(block.timestamp) - g.since;
            if (_isSellers(g.phase)) g.sellerLeft -= spent;
            else g.challengerLeft -= spent;
        }
        g.since = uint40(block.timestamp);
        g.phase = next;
        _store(game, g);
    }

    function _store(uint256 game, Game memory g) internal {
        stateOf[game] = _hash(g);
    }

    /// @dev The state that was brought along, if it is the game's. Copied as it stands: bits beyond a field's width change the hash, so that it is nobody's
    /// state.
    function _load(uint256 game, Game calldata state) internal view returns (Game memory g) {
        assembly ("memory-safe") {
            calldatacopy(g, state, GAME_BYTES)
        }
        if (_hash(g) != stateOf[game]) revert WrongState(game);
    }

    /// @return The last second at which who has the turn is in time.
    function _deadline(Game memory g) internal pure returns (uint256) {
        unchecked {
            return uint256(g.since) + (_isSellers(g.phase) ? g.sellerLeft : g.challengerLeft);
        }
    }

    /// @dev `Over` is nobody's.
    function _isSellers(Phase phase) internal pure returns (bool) {
        uint256 sellers = 1 << uint256(Phase.Commit) | 1 << uint256(Phase.ExpandInTrace) | 1 << uint256(Phase.Open) | 1
            << uint256(Phase.ExpandInTensor) | 1 << uint256(Phase.Reveal) | 1 << uint256(Phase.Fold) | 1
            << uint256(Phase.Refold);
        return sellers >> uint256(phase) & 1 != 0;
    }

    /// @dev keccak256(abi.encode(g)): a struct of words lies in memory as it is encoded.
    function _hash(Game memory g) private pure returns (bytes32 result) {
        assembly ("memory-safe") {
            result := keccak256(g, GAME_BYTES)
        }
    }

    function _requireInTime(Game memory g) private view {
        uint256 deadline = _deadline(g);
        if (block.timestamp > deadline) revert TimeIsUp(deadline);
    }

    function _requirePhase(Game memory g, Phase phase, Phase orPhase) private pure {
        if (g.phase != phase && g.phase != orPhase) revert WrongPhase(g.phase);
    }
}
