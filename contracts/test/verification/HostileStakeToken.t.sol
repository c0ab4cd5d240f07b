// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {IGraphArbiter} from "../../src/interfaces/IGraphArbiter.sol";
import {Offer, ProofKind} from "../../src/types/Market.sol";
import {HookToken} from "../hostile/HookToken.sol";
import {RefusingToken} from "../hostile/RefusingToken.sol";
import {GameTest, Play} from "./GameTest.sol";

/// @title Stake tokens that are no plain ones
contract HostileStakeTokenTest is GameTest {
    function longest() internal pure override returns (uint32) {
        return 3;
    }

    function test_NothingIsEnteredAmidATransfer() public {
        HookToken hook = new HookToken();
        deal(address(hook));
        hook.mint(provider, STAKE);
        hook.mint(challenger, BOND);
        enter();
        Play memory play = beginBare();
        bytes memory signature = signReceipt(play.receipt);
        vm.warp(block.timestamp + CLOCK + 1);
        hook.hook(
            address(arbiter), abi.encodeCall(arbiter.proveSilence, (play.game, play.state, play.receipt, signature))
        );
        arbiter.proveSilence(play.game, play.state, play.receipt, signature);
        vm.assertTrue(!hook.entered(), "no second verdict");
        vm.assertEq(stakeOf(provider), STAKE - SLASH_CAP, "one slash");
        vm.assertEq(hook.balanceOf(challenger), 23.5e6 + BOND, "paid once");
        vm.assertEq(hook.balanceOf(payer), 26.5e6, "paid once");
    }

    /// @dev Nor may a refusal or a dear transfer hold up a verdict: it is credited, and paid when the token likes.
    function test_WhoCannotBePaidIsCredited() public {
        RefusingToken refusing = new RefusingToken();
        deal(address(refusing));
        refusing.mint(provider, STAKE);
        refusing.mint(challenger, BOND);
        enter();
        for (uint256 how = 1; how <= 3; ++how) {
            Play memory play = beginBare();
            bytes memory signature = signReceipt(play.receipt);
            vm.warp(block.timestamp + CLOCK + 1);
            refusing.refuse(payer, how);
            vm.expectEmit();
            emit IGraphArbiter.Credited(payer, 26.5e6);
            arbiter.proveSilence(play.game, play.state, play.receipt, signature);
            vm.assertEq(arbiter.balanceOf(payer), 26.5e6, "credited");
            vm.assertEq(refusing.balanceOf(address(arbiter)), 26.5e6, "held");
            vm.assertEq(refusing.balanceOf(challenger), BOND + how * 23.5e6, "the other was paid");
            (bool success,) = address(arbiter).call{gas: 500_000}(abi.encodeCall(arbiter.withdraw, (payer)));
            vm.assertTrue(!success, "not yet");
            refusing.refuse(payer, 0);
            vm.expectEmit();
            emit IGraphArbiter.Withdrawn(payer, 26.5e6);
            vm.assertEq(arbiter.withdraw(payer), 26.5e6, "paid");
            vm.assertEq(arbiter.withdraw(payer), 0, "once");
        }
        vm.assertEq(refusing.balanceOf(payer), 3 * 26.5e6, "arrived");
        vm.assertEq(refusing.balanceOf(address(arbiter)), 0, "nothing stays");
    }

    /// @dev A market of its own with this token for everything.
    function deal(address token) private {
        registry = deployRegistry(token, models, UNBONDING, BURN_PPM);
        escrow = deployEscrow(token, address(registry), DELAY, VALIDITY);
        sink = deploySink(escrow, registry, models);
        arbiter = deployArbiter(WINDOW, CLOCK, BOND, BOND_BURN_PPM);
        register(provider, signer);
    }

    function enter() private {
        IERC20 token = IERC20(arbiter.token());
        vm.prank(provider);
        token.approve(address(registry), STAKE);
        vm.prank(provider);
        registry.stake(provider, STAKE);
        Offer memory offer = defaultOffer();
        (offer.modelId, offer.proofKind, offer.arbiter) = (2, ProofKind.Exact, address(arbiter));
        (offer.profile, offer.escrow, offer.sink) = (PROFILE, address(escrow), address(sink));
        exactOffer = createOffer(offer);
        vm.prank(challenger);
        token.approve(address(arbiter), type(uint256).max);
    }
}
