// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {IEscrow} from "../../interfaces/IEscrow.sol";
import {IModelRegistry} from "../../interfaces/IModelRegistry.sol";
import {IProviderRegistry} from "../../interfaces/IProviderRegistry.sol";
import {ExactTransfer} from "../../libraries/ExactTransfer.sol";
import {ReceiptHash} from "../../libraries/ReceiptHash.sol";
import {SameCall} from "../../libraries/SameCall.sol";
import {Subjects} from "../../libraries/Subjects.sol";
import {Game, Phase, Stage} from "../../types/Dispute.sol";
import {Offer, Receipt} from "../../types/Market.sol";
import {GameState} from "./GameState.sol";

/// @title How games begin and end
/// @dev Invariant: the token held is the bonds of the games that are on and the balances, when nobody donated.
abstract contract GamePayouts is GameState {
    bytes32 public constant PROFILE = keccak256("stoa/exact/1/graph");
    /// @dev Several times what a token takes.
    uint256 private constant TRANSFER_GAS = 200_000;
    /// @dev Where the registry sends what it burns: nobody holds its key.
    address private constant BURNED = 0x000000000000000000000000000000000000dEaD;

    mapping(address account => uint256) public balanceOf;

    function challenge(Receipt calldata receipt, bytes calldata signature)
        external
        nonReentrant
        returns (uint256 game, Game memory g)
    {
        (Offer memory offer, bytes32 digest) = _judged(receipt);
        if (offer.profile != PROFILE) revert NotJudgedHere(receipt.offerId);
        (game, g) = _begin(offer, digest, digest, 0, receipt, signature);
    }

    function challengeStage(Receipt calldata receipt, bytes calldata signature, uint256 place, bytes calldata)
        external
        nonReentrant
        returns (uint256 game, Game memory g)
    {
        (Offer memory offer, bytes32 digest) = _judged(receipt);
        Stage memory stage = abi.decode(SameCall.ask(address(stages)), (Stage));
        bytes32 subject = Subjects.join(digest, keccak256(abi.encode(stage)));
        (game, g) = _begin(offer, digest, subject, _foldsOf(stage), receipt, signature);
        emit Staged(game, place, stage);
    }

    function proveSilence(uint256 game, Game calldata state, Receipt calldata receipt, bytes calldata signature)
        external
        nonReentrant
    {
        Game memory g = _load(game, state);
        if (!_isSellers(g.phase)) revert WrongPhase(g.phase);
        _requireTimeIsUp(g);
        bytes32 digest = _requireSubject(g, receipt, signature);
        _convict(game, g, digest, receipt, signature, Ground.Silence);
    }

    function proveWeights(Receipt calldata receipt, bytes calldata signature) external nonReentrant {
        (Offer memory offer, bytes32 digest) = _judged(receipt);
        IModelRegistry models = providerRegistry.modelRegistry();
        if (models.getVersion(offer.modelId, offer.modelVersion).weights == receipt.weightsDigest) {
            revert NothingProved();
        }
        _convictAtOnce(offer, digest, receipt, signature, Ground.Weights);
    }

    function proveMalformed(Receipt calldata receipt, bytes calldata signature, bytes calldata) external nonReentrant {
        (Offer memory offer, bytes32 digest) = _judged(receipt);
        SameCall.ask(address(stages));
        _convictAtOnce(offer, digest, receipt, signature, Ground.Malformed);
    }

    function dismiss(uint256 game, Game calldata state) external nonReentrant {
        Game memory g = _load(game, state);
        if (_isSellers(g.phase)) revert WrongPhase(g.phase);
        _requireTimeIsUp(g);
        delete stateOf[game];
        emit Dismissed(game, g.subject, g.challenger);
        unchecked {
            uint256 burned = (g.bond * bondBurnPpm + PPM - 1) / PPM; // at most the bond
            uint256 held = _pay(BURNED, burned, _token.balanceOf(address(this)));
            _pay(g.payee, g.bond - burned, held);
        }
    }

    function bondFor(bytes32 receiptDigest) external view returns (uint256) {
        return _bondAfter(providerRegistry.challengesOf(receiptDigest));
    }

    function withdraw(address account) external nonReentrant returns (uint256 amount) {
        amount = balanceOf[account];
        if (amount == 0) return 0;
        balanceOf[account] = 0;
        emit Withdrawn(account, amount);
        ExactTransfer.push(_token, account, amount);
    }

    /// @dev State, subject and ground must have been checked.
    function _convict(
        uint256 game,
        Game memory g,
        bytes32 digest,
        Receipt calldata receipt,
        bytes calldata signature,
        Ground ground
    ) internal {
        delete stateOf[game];
        (uint256 taken, uint256 burned, uint256 held) = _slash(receipt, Subjects.signatureIn(signature), false);
        emit Convicted(game, digest, g.challenger, ground, taken, burned);
        _share(receipt.payer, g.challenger, g.refund, taken, g.bond, held);
    }

    /// @dev That the game is about this receipt, and about the stage that follows the signature if one does. @return digest The receipt's.
    function _requireSubject(Game memory g, Receipt calldata receipt, bytes calldata signature)
        internal
        view
        returns (bytes32 digest)
    {
        digest = ReceiptHash.digestFor(address(providerRegistry), receipt);
        bytes32 subject = Subjects.subjectOf(digest, signature);
        if (subject != g.subject) revert WrongSubject(subject, g.subject);
    }

    /// @dev The receipt's offer must have been found to be one that is judged here; the registry finds whether the seller signed it, and whether it can
    /// cost something yet.
    function _begin(
        Offer memory offer,
        bytes32 digest,
        bytes32 subject,
        bytes32 folds,
        Receipt calldata receipt,
        bytes calldata signature
    ) private returns (uint256 game, Game memory g) {
        (g.subject, g.folds) = (subject, folds);
        g.provider = offer.provider;
        g.payee = offer.payee;
        g.challenger = msg.sender;
        g.refund = _refundOf(offer, receipt);
        g.bond = _bondAfter(providerRegistry.countChallenge(receipt, signature));
        g.phase = Phase.Commit;
        g.since = uint40(block.timestamp);
        g.sellerLeft = clock;
        g.challengerLeft = clock;
        game = ++gameCount;
        _store(game, g);
        emit Challenged(game, digest, offer.provider, g, receipt, signature);
        ExactTransfer.pull(_token, msg.sender, g.bond);
    }

    /// @dev Grows with every game about the receipt, and stays when they end (specs/dispute.md, "Clocks, bonds, payouts").
    /// @param games How many there were before.
    function _bondAfter(uint256 games) private view returns (uint256) {
        return bond * (games + 1);
    }

    /// @dev What a game about this stage has for folds when it begins.
    function _foldsOf(Stage memory stage) internal pure returns (bytes32) {
        return stage.graph == Subjects.STEPS ? Subjects.STEPS : bytes32(0);
    }

    /// @dev A verdict without a game; the sender is who found out.
    function _convictAtOnce(
        Offer memory offer,
        bytes32 digest,
        Receipt calldata receipt,
        bytes calldata signature,
        Ground ground
    ) private {
        (uint256 taken, uint256 burned, uint256 held) = _slash(receipt, signature, true);
        emit Convicted(0, digest, msg.sender, ground, taken, burned);
        _share(receipt.payer, msg.sender, _refundOf(offer, receipt), taken, 0, held);
    }

    /// @dev That the receipt's offer is judged here, and in time. @return digest The receipt's.
    function _judged(Receipt calldata receipt) private view returns (Offer memory offer, bytes32 digest) {
        offer = providerRegistry.getOffer(receipt.offerId);
        if (offer.arbiter != address(this)) revert NotJudgedHere(receipt.offerId);
        uint256 end = uint256(receipt.answeredAt) + challengeWindow;
        if (block.timestamp > end) revert WindowClosed(end);
        digest = ReceiptHash.digestFor(address(providerRegistry), receipt);
    }

    /// @dev What the payer paid, if it paid in the token that is slashed. An escrow is whatever the provider named: it is asked with little gas, and
    /// one that does not answer like an escrow counts as one of another token.
    function _refundOf(Offer memory offer, Receipt calldata receipt) private view returns (uint96) {
        bytes4 selector = IEscrow.token.selector;
        address escrow = offer.escrow;
        address escrowToken;
        assembly ("memory-safe") {
            mstore(0x00, selector)
            if and(staticcall(50000, escrow, 0x00, 0x04, 0x00, 0x20), gt(returndatasize(), 0x1f)) {
                escrowToken := shr(96, shl(96, mload(0x00)))
            }
        }
        return escrowToken == address(_token) ? receipt.charge : 0;
    }

    /// @dev All that the receipt can still cost. Nothing where its cap was reached, or no stake is left: then a game's verdict stands without it. Any other
    /// failure, want of gas among them, must not count as a verdict.
    /// @param atOnce Without a game: what takes nothing is no verdict.
    /// @return taken What arrived. @return burned What burned besides. @return held What is held now.
    function _slash(Receipt calldata receipt, bytes calldata signature, bool atOnce)
        private
        returns (uint256 taken, uint256 burned, uint256 held)
    {
        uint256 before = _token.balanceOf(address(this));
        try providerRegistry.slash(receipt, signature, address(this), type(uint96).max) returns (uint256, uint256 b) {
            // What arrives is measured, not believed.
            held = _token.balanceOf(address(this));
            return (held - before, b, held);
        } catch (bytes memory reason) {
            bytes4 selector = bytes4(reason);
            if (
                atOnce
                    || (selector != IProviderRegistry.SlashCapReached.selector
                        && selector != IProviderRegistry.InsufficientStake.selector)
            ) {
                assembly ("memory-safe") {
                    revert(add(reason, 0x20), mload(reason))
                }
            }
            held = before;
        }
    }

    /// @dev The payer has its charge back first, then half; the challenger the rest and its bond. An odd wei is the challenger's.
    /// @param held What this contract holds, as in `_pay`.
    function _share(address payer, address challenger, uint256 refund, uint256 taken, uint256 returned, uint256 held)
        private
    {
        if (refund > taken) refund = taken;
        unchecked {
            uint256 payers = payer == challenger ? 0 : refund + (taken - refund) / 2;
            held = _pay(payer, payers, held);
            _pay(challenger, taken - payers + returned, held);
        }
    }

    /// @dev Nobody's refusal, or dearness, may hold up a verdict: what can't be paid is credited.
    /// @param held What this contract holds. @return What it holds then.
    function _pay(address account, uint256 amount, uint256 held) private returns (uint256) {
        if (amount == 0) return held;
        bytes memory transfer = abi.encodeCall(IERC20.transfer, (account, amount));
        (bool sent, bytes memory result) = address(_token).call{gas: TRANSFER_GAS}(transfer);
        if (sent && (result.length == 0 || abi.decode(result, (bool)))) {
            return ExactTransfer.requireSent(_token, held, amount);
        }
        balanceOf[account] += amount;
        emit Credited(account, amount);
        return held;
    }

    function _requireTimeIsUp(Game memory g) private view {
        uint256 deadline = _deadline(g);
        if (block.timestamp <= deadline) revert TimeIsNotUp(deadline);
    }
}
