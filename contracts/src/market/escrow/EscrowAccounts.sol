// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC3009} from "@openzeppelin/contracts/interfaces/draft-IERC3009.sol";

import {EscrowLedger} from "./EscrowLedger.sol";
import {IERC3009Bytes} from "../../interfaces/IERC3009Bytes.sol";
import {ExactTransfer} from "../../libraries/ExactTransfer.sol";

/// @title Payers: deposits, session keys, withdrawals
abstract contract EscrowAccounts is EscrowLedger {
    function deposit(address payer, address key, uint96 amount) external {
        uint256 held = ExactTransfer.pull(_token, msg.sender, amount);
        _credit(payer, msg.sender == payer ? key : address(0), amount, held);
    }

    function depositWithAuthorization(
        address payer,
        address key,
        uint96 amount,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 salt,
        bytes calldata signature
    ) external {
        // Not only a matter of fees: a token whose fallback swallows unknown calls (WETH9) would let anyone pass for `payer`. Only the
        // growth of the balance proves that the token knew the call and checked the signature.
        uint256 before = _token.balanceOf(address(this));
        bytes32 nonce = authorizationNonce(payer, key, salt);
        if (signature.length == 65) {
            (bytes32 r, bytes32 s) = abi.decode(signature[:64], (bytes32, bytes32));
            IERC3009(address(_token))
                .receiveWithAuthorization(
                    payer, address(this), amount, validAfter, validBefore, nonce, uint8(signature[64]), r, s
                );
        } else {
            IERC3009Bytes(address(_token))
                .receiveWithAuthorization(payer, address(this), amount, validAfter, validBefore, nonce, signature);
        }
        _credit(payer, key, amount, ExactTransfer.requireReceived(_token, before, amount));
    }

    function authorizationNonce(address payer, address key, bytes32 salt) public view returns (bytes32) {
        return keccak256(abi.encode(payer, key, salt, address(this)));
    }

    function addKey(address key) external {
        if (key == address(0)) revert ZeroAddress();
        Purse memory purse = _purses[msg.sender];
        if (!_register(msg.sender, purse, key)) revert KeyKnown(msg.sender, key);
        _purses[msg.sender] = purse;
        emit KeyAdded(msg.sender, key);
    }

    function removeKey(address key) external {
        Purse storage purse = _purses[msg.sender];
        if (key != address(0) && key != REMOVED && key == purse.key) purse.key = REMOVED;
        else if (_keyUntil[msg.sender][key] != REGISTERED) revert KeyUnknown(msg.sender, key);
        uint40 validUntil = uint40(block.timestamp) + withdrawalDelay;
        _keyUntil[msg.sender][key] = validUntil;
        emit KeyRemoved(msg.sender, key, validUntil);
    }

    function keyValidUntil(address payer, address key) external view returns (uint40) {
        if (key == address(0) || key == REMOVED) return 0;
        return key == _purses[payer].key ? REGISTERED : _keyUntil[payer][key];
    }

    function requestWithdrawal(uint96 amount) external returns (uint40 withdrawableAt) {
        if (amount == 0) {
            if (_announcements[msg.sender].withdrawableAt == 0) revert NoWithdrawal(msg.sender);
            delete _announcements[msg.sender];
        } else {
            uint96 free = _purses[msg.sender].free;
            if (amount > free) revert InsufficientBalance(msg.sender, free, amount);
            withdrawableAt = uint40(block.timestamp) + withdrawalDelay;
            _announcements[msg.sender] = Announcement(amount, withdrawableAt);
        }
        emit WithdrawalRequested(msg.sender, amount, withdrawableAt);
    }

    function withdraw(address to) external returns (uint256 amount) {
        if (to == address(0)) revert ZeroAddress();
        Announcement memory announced = _announcements[msg.sender];
        if (announced.withdrawableAt == 0) revert NoWithdrawal(msg.sender);
        if (block.timestamp < announced.withdrawableAt) revert WithdrawalTooEarly(announced.withdrawableAt);
        uint96 free = _purses[msg.sender].free;
        uint96 paid = announced.amount < free ? announced.amount : free;
        delete _announcements[msg.sender];
        _purses[msg.sender].free = free - paid;
        _totalOwed -= paid;
        emit Withdrawn(msg.sender, paid, to);
        if (paid != 0) ExactTransfer.push(_token, to, paid);
        return paid;
    }

    /// @dev Books `amount` wei that have arrived. `held`: the token balance they brought about.
    function _credit(address payer, address key, uint96 amount, uint256 held) private {
        if (payer == address(0)) revert ZeroAddress();
        _owe(amount, held);

        Purse memory purse = _purses[payer];
        purse.free += amount;
        bool added = key != address(0) && _register(payer, purse, key);
        _purses[payer] = purse;
        emit Deposited(payer, amount, added ? key : address(0));
    }

    /// @dev Registers `key`, in `purse` if there is room (the caller stores it) or in the mapping.
    /// @return added False if the key is registered already. Reverts if it was removed once.
    function _register(address payer, Purse memory purse, address key) private returns (bool added) {
        if (key == REMOVED) revert KeyKnown(payer, key);
        if (purse.key == address(0)) {
            purse.key = key;
        } else {
            if (key == purse.key) return false;
            uint40 until = _keyUntil[payer][key];
            if (until == REGISTERED) return false;
            if (until != 0) revert KeyKnown(payer, key);
            if (purse.key == REMOVED) purse.key = key;
            else _keyUntil[payer][key] = REGISTERED;
        }
        return true;
    }
}
