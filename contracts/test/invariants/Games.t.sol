// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {IGraphArbiter} from "../../src/interfaces/IGraphArbiter.sol";
import {IProviderRegistry} from "../../src/interfaces/IProviderRegistry.sol";
import {Test} from "../base/Test.sol";
import {GameHandler} from "./GameHandler.sol";

/// @title What must hold whatever sellers and challengers do
contract GameInvariants is Test {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    uint96 private constant STAKE = 1_000e6;
    uint96 private constant SLASH_CAP = 100e6;
    GameHandler private handler;
    IGraphArbiter private arbiter;
    IProviderRegistry private registry;
    IERC20 private token;

    function setUp() public {
        handler = new GameHandler();
        handler.setUp();
        arbiter = handler.judge();
        registry = arbiter.providerRegistry();
        token = IERC20(arbiter.token());
    }

    /// @dev forge asks which contracts to call.
    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// @dev forge asks which of their functions.
    function targetSelectors() public view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        targets[0].addr = address(handler);
        targets[0].selectors = new bytes4[](8);
        // Games take a dozen moves: those are most of what happens.
        for (uint256 i; i < 4; ++i) {
            targets[0].selectors[i] = GameHandler.step.selector;
        }
        targets[0].selectors[4] = GameHandler.begin.selector;
        targets[0].selectors[5] = GameHandler.pass.selector;
        targets[0].selectors[6] = GameHandler.end.selector;
        targets[0].selectors[7] = GameHandler.unbond.selector;
    }

    /// @dev Actions that make no sense are not made; so that the invariants do not hold for want of events, one long run must have made every kind of
    /// move.
    function test_ALongRunMakesEveryKindOfMove() public {
        bytes32 seed = "long run";
        vm.pauseGasMetering(); // more than a test may take
        for (uint256 i; i < 1_600; ++i) {
            seed = keccak256(abi.encode(seed));
            act(uint256(seed));
        }
        string[16] memory kinds = [
            "begin",
            "answer",
            "descend",
            "dispute",
            "narrow",
            "proveElement",
            "proveChunk",
            "enter",
            "proveStep",
            "proveOutput",
            "silence",
            "dismiss",
            "search",
            "refused",
            "pass",
            "unbond"
        ];
        for (uint256 i; i < kinds.length; ++i) {
            vm.assertGe(handler.done(bytes32(bytes(kinds[i]))), 2, kinds[i]);
        }
        invariant_WhoIsRightLosesNothing();
        afterInvariant();
    }

    function act(uint256 random) private {
        uint256 kind = random % 32;
        if (kind < 24) handler.step(random >> 16, random >> 128);
        else if (kind < 27) handler.begin(random >> 8);
        else if (kind < 29) handler.pass(uint40(random >> 16), random >> 64);
        else if (kind < 31) handler.end(random >> 16);
        else handler.unbond(uint96(random >> 16) % 10e6);
    }

    /// @dev One function, since each is a campaign of its own, and games are long.
    /// forge-config: default.invariant.runs = 24
    /// forge-config: deep.invariant.runs = 256
    function invariant_WhoIsRightLosesNothing() public view {
        vm.assertEq(token.balanceOf(address(arbiter)), handler.bonds(), "what is held is bonds");
        vm.assertEq(registry.getProvider(handler.seller()).stake, STAKE, "an honest provider is never slashed");
        uint256 total;
        for (uint256 i; i < handler.count(); ++i) {
            (bytes32 digest, bool honest) = handler.receiptDigestOf(i);
            uint256 slashed = registry.slashedFor(digest);
            vm.assertLe(slashed, honest ? 0 : SLASH_CAP, "no receipt costs more than its cap");
            if (handler.isFirstOf(i)) total += slashed;
        }
        IProviderRegistry.Provider memory liar = registry.getProvider(handler.dishonest());
        vm.assertEq(STAKE - liar.stake - liar.unbonding, total, "what left the stake is what receipts cost");
    }

    /// @dev Every game ends, and then nothing is left behind.
    function afterInvariant() public {
        for (uint256 i; i < 64 && handler.active() != 0; ++i) {
            handler.pass(uint40(25 hours), 0);
            handler.endAll();
        }
        vm.assertEq(handler.active(), 0, "every game ends");
        vm.assertEq(token.balanceOf(address(arbiter)), 0, "nothing is left behind");
    }
}
