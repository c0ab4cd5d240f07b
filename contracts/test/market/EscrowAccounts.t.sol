// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../src/interfaces/IEscrow.sol";
import {ExactTransfer} from "../../src/libraries/ExactTransfer.sol";
import {ContractAccount} from "../base/ContractAccount.sol";
import {ContractSignatureToken} from "../base/ContractSignatureToken.sol";
import {MarketTest} from "../base/MarketTest.sol";
import {FeeToken} from "../hostile/FeeToken.sol";
import {SwallowingToken} from "../hostile/SwallowingToken.sol";
import {SkimToken} from "../hostile/SkimToken.sol";
import {HookToken} from "../hostile/HookToken.sol";
import {RebasingToken} from "../hostile/RebasingToken.sol";

contract EscrowAccountsTest is MarketTest {
    address private immutable otherKey = vm.addr(uint256(keccak256("other key")));

    function test_KnowsWhatItWasMadeWith() public view {
        vm.assertEq(escrow.token(), address(usd), "token");
        vm.assertEq(escrow.withdrawalDelay(), DELAY, "delay");
        vm.assertEq(escrow.maxVoucherValidity(), VALIDITY, "validity");
    }

    function test_RefusesADelayThatOutrunsNoVoucher() public {
        vm.expectRevert(abi.encodeWithSelector(IEscrow.DelayTooShort.selector, VALIDITY, VALIDITY));
        deployEscrow(address(usd), address(registry), VALIDITY, VALIDITY);
    }

    function testFuzz_DepositsForAnyone(address account, uint96 amount) public {
        vm.assume(account != address(0) && account != payer);
        amount = uint96(bound(amount, 1, type(uint96).max - DEPOSIT));
        usd.mint(address(this), amount);
        usd.approve(address(escrow), amount);
        vm.expectEmit();
        emit IEscrow.Deposited(account, amount, address(0));
        escrow.deposit(account, otherKey, amount);
        vm.assertEq(freeOf(account), amount, "free");
        if (account != address(this)) {
            vm.assertEq(escrow.keyValidUntil(account, otherKey), 0, "nobody registers keys for another");
        }
        assertSolvent(usd);
    }

    function test_RefusesEmptyDeposits() public {
        vm.expectRevert(IEscrow.ZeroAmount.selector);
        escrow.deposit(payer, key, 0);
        usd.mint(address(this), 1);
        usd.approve(address(escrow), 1);
        vm.expectRevert(IEscrow.ZeroAddress.selector);
        escrow.deposit(address(0), key, 1);
    }

    /// @dev All amounts are kept in 96 bits, so the sum is kept below.
    function test_RefusesMoreThan96BitsInAll() public {
        usd.mint(address(this), type(uint96).max);
        usd.approve(address(escrow), type(uint96).max);
        vm.expectRevert(
            abi.encodeWithSelector(IEscrow.AmountTooLarge.selector, type(uint96).max, type(uint96).max - DEPOSIT)
        );
        escrow.deposit(stranger, key, type(uint96).max);
        escrow.deposit(stranger, key, type(uint96).max - DEPOSIT);
        assertSolvent(usd);
    }

    function testFuzz_OneAuthorizationDepositsAndRegistersAKey(uint96 amount, bytes32 salt, bool viaStranger) public {
        amount = uint96(bound(amount, 1, 1e30 / 1e4));
        usd.mint(payer, amount);
        bytes memory signature = authorize(usd.DOMAIN_SEPARATOR(), payer, amount, otherKey, salt, escrow);
        vm.expectEmit();
        emit IEscrow.Deposited(payer, amount, otherKey);
        vm.prank(viaStranger ? stranger : settler);
        escrow.depositWithAuthorization(payer, otherKey, amount, 0, type(uint40).max, salt, signature);
        vm.assertEq(freeOf(payer), uint256(DEPOSIT) + amount, "free");
        vm.assertEq(escrow.keyValidUntil(payer, otherKey), type(uint40).max, "key");
        assertSolvent(usd);
    }

    /// @dev What a relayer could gain by changing: the key, the amount, the payer; and by sending twice.
    function test_ARelayerCanChangeNothing() public {
        usd.mint(payer, 10e6);
        bytes memory signature = authorize(usd.DOMAIN_SEPARATOR(), payer, 5e6, otherKey, 0, escrow);
        vm.expectRevert();
        escrow.depositWithAuthorization(payer, stranger, 5e6, 0, type(uint40).max, 0, signature);
        vm.expectRevert();
        escrow.depositWithAuthorization(payer, otherKey, 6e6, 0, type(uint40).max, 0, signature);
        vm.expectRevert();
        escrow.depositWithAuthorization(stranger, otherKey, 5e6, 0, type(uint40).max, 0, signature);
        // Sent to the token directly it goes nowhere: only the escrow may receive.
        bytes32 nonce = escrow.authorizationNonce(payer, otherKey, 0);
        (bytes32 r, bytes32 s, uint8 v) = split(signature);
        vm.expectRevert();
        usd.receiveWithAuthorization(payer, address(escrow), 5e6, 0, type(uint40).max, nonce, v, r, s);
        escrow.depositWithAuthorization(payer, otherKey, 5e6, 0, type(uint40).max, 0, signature);
        vm.expectRevert();
        escrow.depositWithAuthorization(payer, otherKey, 5e6, 0, type(uint40).max, 0, signature);
        vm.assertEq(freeOf(payer), DEPOSIT + 5e6, "once");
    }

    function test_AnAuthorizationWithAKnownKeyOnlyDeposits() public {
        usd.mint(payer, 5e6);
        escrow.depositWithAuthorization(
            payer, key, 5e6, 0, type(uint40).max, 0, authorize(usd.DOMAIN_SEPARATOR(), payer, 5e6, key, 0, escrow)
        );
        vm.assertEq(freeOf(payer), DEPOSIT + 5e6, "free");
    }

    /// @dev A signature of another length than 65 goes to the token's `bytes` form, which asks the contract that signs.
    function test_AContractAccountDepositsByAuthorization() public {
        ContractSignatureToken token = new ContractSignatureToken();
        IEscrow other = deployEscrow(address(token), address(registry), DELAY, VALIDITY);
        address account = address(new ContractAccount(payer));
        token.mint(account, 5e6);
        bytes memory signature = authorize(token.DOMAIN_SEPARATOR(), account, 5e6, key, 0, other);
        signature = bytes.concat(signature, "beyond 65 bytes");
        other.depositWithAuthorization(account, key, 5e6, 0, type(uint40).max, 0, signature);
        vm.assertEq(other.getAccount(account).balance, 5e6, "free");
        vm.assertEq(other.keyValidUntil(account, key), type(uint40).max, "key");
    }

    function test_SeveralKeysAreGoodAtOnce() public {
        uint256 pk = uint256(keccak256("other key"));
        vm.prank(payer);
        escrow.addKey(otherKey);
        settle(claimOf(payer, pk, offerId, 1, 1e6, 1e6));
        settle(claimOf(payer, KEY_PK, offerId, 2, 1e6, 1e6));
        vm.assertEq(revenue(offerId), 2e6, "revenue");
    }

    function testFuzz_ARemovedKeyIsGoodForTheDelayAndNeverAgain(bool first, uint40 wait) public {
        uint256 pk = first ? KEY_PK : uint256(keccak256("other key"));
        address removed = vm.addr(pk);
        vm.prank(payer);
        escrow.addKey(otherKey);
        uint40 end = uint40(block.timestamp) + DELAY;
        vm.expectEmit();
        emit IEscrow.KeyRemoved(payer, removed, end);
        vm.prank(payer);
        escrow.removeKey(removed);
        vm.assertEq(escrow.keyValidUntil(payer, removed), end, "end");

        wait = uint40(bound(wait, 0, 2 * DELAY));
        vm.warp(block.timestamp + wait);
        settle(claimOf(payer, pk, offerId, 1, 1e6, 1e6));
        vm.assertEq(revenue(offerId), wait <= DELAY ? 1e6 : 0, "good to its end");

        vm.expectRevert(abi.encodeWithSelector(IEscrow.KeyKnown.selector, payer, removed));
        vm.prank(payer);
        escrow.addKey(removed);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.KeyUnknown.selector, payer, removed));
        vm.prank(payer);
        escrow.removeKey(removed);
    }

    /// @dev An authorization signed before its key was removed must not bring the key back.
    function test_AnOldAuthorizationDoesNotReviveAKey() public {
        usd.mint(payer, 5e6);
        bytes memory signature = authorize(usd.DOMAIN_SEPARATOR(), payer, 5e6, key, 0, escrow);
        vm.prank(payer);
        escrow.removeKey(key);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.KeyKnown.selector, payer, key));
        escrow.depositWithAuthorization(payer, key, 5e6, 0, type(uint40).max, 0, signature);
    }

    function test_ANewKeyTakesTheRemovedOnesPlace() public {
        vm.prank(payer);
        escrow.removeKey(key);
        vm.assertEq(escrow.getAccount(payer).key, address(0), "no key in the account");
        vm.prank(payer);
        escrow.addKey(otherKey);
        vm.assertEq(escrow.getAccount(payer).key, otherKey, "the new one");
        vm.expectRevert(abi.encodeWithSelector(IEscrow.KeyKnown.selector, payer, otherKey));
        vm.prank(payer);
        escrow.addKey(otherKey);
        vm.assertEq(freeOf(payer), DEPOSIT, "money untouched");
    }

    function test_RefusesKeysThatAreNone() public {
        vm.expectRevert(IEscrow.ZeroAddress.selector);
        vm.prank(payer);
        escrow.addKey(address(0));
        vm.expectRevert(abi.encodeWithSelector(IEscrow.KeyUnknown.selector, payer, address(0)));
        vm.prank(payer);
        escrow.removeKey(address(0));
        vm.assertEq(escrow.keyValidUntil(stranger, address(0)), 0, "an account without keys has not the zero key");
    }

    /// @dev Address 1 marks a removed key inside; it must not be usable as one.
    function test_TheMarkOfARemovedKeyIsNoKey() public {
        vm.prank(payer);
        escrow.removeKey(key);
        vm.assertEq(escrow.keyValidUntil(payer, address(1)), 0, "not registered");
        vm.expectRevert(abi.encodeWithSelector(IEscrow.KeyUnknown.selector, payer, address(1)));
        vm.prank(payer);
        escrow.removeKey(address(1));
        vm.expectRevert(abi.encodeWithSelector(IEscrow.KeyKnown.selector, stranger, address(1)));
        vm.prank(stranger);
        escrow.addKey(address(1));
    }

    function testFuzz_WithdrawsNoEarlierAndNoMoreThanAnnounced(uint96 announced, uint96 spent, uint40 early) public {
        announced = uint96(bound(announced, 1, DEPOSIT));
        spent = uint96(bound(spent, 0, DEPOSIT));
        early = uint40(bound(early, 1, DELAY));
        uint40 due = uint40(block.timestamp) + DELAY;
        vm.prank(payer);
        vm.assertEq(escrow.requestWithdrawal(announced), due, "due");
        if (spent != 0) settle(claimOf(1, spent));

        vm.warp(due - early);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.WithdrawalTooEarly.selector, due));
        vm.prank(payer);
        escrow.withdraw(payer);

        vm.warp(due);
        uint256 left = DEPOSIT - spent;
        uint256 expected = announced < left ? announced : left;
        vm.prank(payer);
        vm.assertEq(escrow.withdraw(stranger), expected, "what was announced, or is left");
        vm.assertEq(usd.balanceOf(stranger), expected, "arrived");
        vm.assertEq(freeOf(payer), left - expected, "free");
        assertSolvent(usd);

        vm.expectRevert(abi.encodeWithSelector(IEscrow.NoWithdrawal.selector, payer));
        vm.prank(payer);
        escrow.withdraw(payer);
    }

    function test_AnAnnouncementIsReplacedOrCancelled() public {
        vm.prank(payer);
        escrow.requestWithdrawal(1e6);
        vm.warp(block.timestamp + DELAY - 1);
        vm.prank(payer);
        escrow.requestWithdrawal(2e6);
        vm.warp(block.timestamp + 1);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.WithdrawalTooEarly.selector, block.timestamp + DELAY - 1));
        vm.prank(payer);
        escrow.withdraw(payer);
        vm.prank(payer);
        vm.assertEq(escrow.requestWithdrawal(0), 0, "cancelled");
        vm.assertEq(escrow.getAccount(payer).withdrawalAmount, 0, "nothing announced");
        vm.expectRevert(abi.encodeWithSelector(IEscrow.NoWithdrawal.selector, payer));
        vm.prank(payer);
        escrow.requestWithdrawal(0);
    }

    function test_NobodyAnnouncesMoreThanIsThere() public {
        vm.expectRevert(abi.encodeWithSelector(IEscrow.InsufficientBalance.selector, payer, DEPOSIT, DEPOSIT + 1));
        vm.prank(payer);
        escrow.requestWithdrawal(DEPOSIT + 1);
    }

    /// @dev To itself the escrow would pay nobody and forget the debt.
    function test_RefusesToWithdrawIntoTheEscrow() public {
        vm.prank(payer);
        escrow.requestWithdrawal(1e6);
        vm.warp(block.timestamp + DELAY);
        vm.expectRevert(abi.encodeWithSelector(ExactTransfer.UnsupportedToken.selector, 1e6, 0));
        vm.prank(payer);
        escrow.withdraw(address(escrow));
    }

    function testFuzz_RefusesAFeeOnTransfer(uint96 amount, uint32 feePpm) public {
        amount = uint96(bound(amount, 1e6, 1e24));
        feePpm = uint32(bound(feePpm, 10, 1e6));
        FeeToken token = new FeeToken();
        IEscrow other = deployEscrow(address(token), address(registry), DELAY, VALIDITY);
        token.mint(payer, uint256(amount) * 4);
        vm.prank(payer);
        token.approve(address(other), type(uint256).max);
        vm.prank(payer);
        other.deposit(payer, key, amount);

        token.set(feePpm, false);
        uint256 received = amount - uint256(amount) * feePpm / 1e6;
        vm.expectRevert(abi.encodeWithSelector(ExactTransfer.UnsupportedToken.selector, amount, received));
        vm.prank(payer);
        other.deposit(payer, key, amount);

        // A fee that appears later, on top of a payment, would take other payers' money.
        vm.prank(payer);
        other.requestWithdrawal(amount / 2);
        vm.warp(block.timestamp + DELAY);
        token.set(feePpm, true);
        vm.expectRevert();
        vm.prank(payer);
        other.withdraw(payer);
    }

    function test_RefusesDepositsIntoAShortfallAndPaysOutWhatIsThere() public {
        RebasingToken token = new RebasingToken();
        IEscrow other = deployEscrow(address(token), address(registry), DELAY, VALIDITY);
        token.mint(payer, 10e6);
        vm.prank(payer);
        token.approve(address(other), type(uint256).max);
        vm.prank(payer);
        other.deposit(payer, key, 5e6);
        token.shrink(address(other), 1);
        vm.expectRevert(abi.encodeWithSelector(IEscrow.Undercollateralised.selector, 10e6 - 1, 10e6));
        vm.prank(payer);
        other.deposit(payer, key, 5e6);

        vm.prank(payer);
        other.requestWithdrawal(4e6);
        vm.warp(block.timestamp + DELAY);
        vm.prank(payer);
        vm.assertEq(other.withdraw(payer), 4e6, "nobody is trapped by a shortfall");
        token.mint(address(other), 1);
        vm.prank(payer);
        other.deposit(payer, key, 5e6);
        vm.assertEq(token.balanceOf(address(other)), other.totalOwed(), "whole again");
    }

    function testFuzz_RefusesAnAuthorizationThatMovesLess(uint96 amount, uint96 missing) public {
        amount = uint96(bound(amount, 1, 1e24));
        missing = uint96(bound(missing, 1, amount));
        SkimToken token = new SkimToken();
        IEscrow other = deployEscrow(address(token), address(registry), DELAY, VALIDITY);
        other.depositWithAuthorization(payer, key, amount, 0, type(uint40).max, 0, new bytes(65));
        token.skim(missing);
        token.give(address(other), amount);
        vm.expectRevert(abi.encodeWithSelector(ExactTransfer.UnsupportedToken.selector, amount, amount - missing));
        other.depositWithAuthorization(payer, key, amount, 0, type(uint40).max, 0, new bytes(65));
    }

    /// @dev WETH9 and its copies take any call for a deposit of ether, so an authorization that nobody signed "succeeds". A gift to the
    /// escrow must not make up for the money that never came: else a stranger registers its key on the account of another.
    function testFuzz_ATokenThatSwallowsUnknownCallsAuthorizesNobody(uint96 gift, bytes calldata junk) public {
        gift = uint96(bound(gift, 1, 1e24));
        vm.assume(junk.length < 200);
        SwallowingToken token = new SwallowingToken();
        IEscrow other = deployEscrow(address(token), address(registry), DELAY, VALIDITY);
        token.give(address(other), gift);
        vm.expectRevert(abi.encodeWithSelector(ExactTransfer.UnsupportedToken.selector, gift, 0));
        other.depositWithAuthorization(payer, otherKey, gift, 0, type(uint40).max, 0, junk);
        vm.assertEq(other.keyValidUntil(payer, otherKey), 0, "no key");
    }

    function test_AHookAmidADepositGainsNothing() public {
        HookToken token = new HookToken();
        IEscrow other = deployEscrow(address(token), address(registry), DELAY, VALIDITY);
        token.mint(address(token), 10e6);
        token.mint(address(this), 10e6);
        vm.prank(address(token));
        token.approve(address(other), 10e6);
        token.approve(address(other), 10e6);
        // The hook deposits for the token itself: both would count the same growth, so the outer one is undone.
        token.hook(address(other), abi.encodeCall(other.deposit, (address(token), address(0), 3e6)));
        vm.expectRevert(abi.encodeWithSelector(ExactTransfer.UnsupportedToken.selector, 2e6, 5e6));
        other.deposit(address(this), key, 2e6);

        token.hook(address(0), "");
        other.deposit(address(this), key, 2e6);
        other.requestWithdrawal(2e6);
        vm.warp(block.timestamp + DELAY);
        token.hook(address(other), abi.encodeCall(other.withdraw, (address(this))));
        vm.assertEq(other.withdraw(address(this)), 2e6, "paid");
        vm.assertTrue(!token.entered(), "not twice");
        vm.assertEq(token.balanceOf(address(other)), other.totalOwed(), "solvent");
    }

    /// @dev An EIP-3009 authorization of `from`, signed with the payer's key.
    function authorize(bytes32 domain, address from, uint96 amount, address sessionKey, bytes32 salt, IEscrow to)
        private
        pure
        returns (bytes memory)
    {
        bytes32 typehash = keccak256(
            "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
        );
        bytes32 nonce = keccak256(abi.encode(from, sessionKey, salt, address(to)));
        bytes32 message = keccak256(abi.encode(typehash, from, address(to), amount, 0, type(uint40).max, nonce));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(PAYER_PK, keccak256(bytes.concat(hex"1901", domain, message)));
        return abi.encodePacked(r, s, v);
    }

    function split(bytes memory signature) private pure returns (bytes32 r, bytes32 s, uint8 v) {
        assembly ("memory-safe") {
            r := mload(add(signature, 0x20))
            s := mload(add(signature, 0x40))
            v := byte(0, mload(add(signature, 0x60)))
        }
    }
}
