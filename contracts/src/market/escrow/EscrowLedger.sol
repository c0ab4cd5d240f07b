// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {IEscrow} from "../../interfaces/IEscrow.sol";
import {VoucherHash} from "../../libraries/VoucherHash.sol";

/// @title What the escrow knows
/// @dev Slots are laid out so that settling a claim writes two of them, the payer's purse and the lane, and each offer of a batch
/// one more, its revenue.
///
/// Widths: no amount exceeds 96 bits, because `_totalOwed`, of which every balance, lock and revenue is a part, is kept below
/// 2^96 by deposits and direct payments, the only places where it grows; and a lane's settled amount is bounded by a 96-bit voucher.
///
/// Reentrancy: the token and the registry are the only contracts called. What is paid out is booked before the token is called; a
/// deposit or payment is booked after, and only if the balance grew by exactly it meanwhile and covers everything owed, so whatever a
/// token's hook does in between is counted once or undoes it.
abstract contract EscrowLedger is IEscrow, EIP712 {
    /// @dev One slot. `key`: a session key, so that the usual account with one key needs no other slot. `free`: wei.
    struct Purse {
        address key;
        uint96 free;
    }

    /// @dev One slot; zero when none.
    struct Announcement {
        uint96 amount;
        uint40 withdrawableAt;
    }

    /// @dev One slot. `lockedUntil` is not zero exactly when `_locked` of the lane is not.
    struct Lane {
        uint96 settled;
        uint96 ceiling;
        uint40 lockedUntil;
    }

    /// @dev One slot, never zero once open, so that earning never pays for a fresh slot. `settler`: who settles the offer beside
    /// its provider, or the provider again; here because settlement reads the slot anyway.
    struct Revenue {
        address settler;
        uint96 amount;
    }

    /// @dev What settlement need not read.
    struct Parties {
        address provider;
        address sink;
    }

    /// @dev Stands in `Purse.key` when the key that stood there was removed, so that an empty purse means an account that never
    /// removed one, and its first key need not be looked up among the removed. Not an address that anybody signs for.
    address internal constant REMOVED = address(1);

    /// @dev `_keyUntil` of a key that is registered and not the purse's.
    uint40 internal constant REGISTERED = type(uint40).max;

    IERC20 internal immutable _token;
    address internal immutable _registry;
    uint40 public immutable withdrawalDelay;
    uint40 public immutable maxVoucherValidity;

    mapping(address payer => Purse) internal _purses;
    /// @dev Further keys (REGISTERED) and removed ones (when they end). Never cleared, so a removed key stays removed.
    mapping(address payer => mapping(address key => uint40)) internal _keyUntil;
    mapping(address payer => Announcement) internal _announcements;
    /// @dev By `VoucherHash.channelOf`.
    mapping(bytes32 channel => Lane) internal _lanes;
    /// @dev Wei locked for a lane, in a slot that claims read only when there is a lock.
    mapping(bytes32 channel => uint256) internal _locked;
    /// @dev By provider too: finding an offer's revenue under a provider proves the offer is that provider's, at no extra read.
    mapping(address provider => mapping(bytes32 offerId => Revenue)) internal _revenues;
    mapping(bytes32 offerId => Parties) internal _parties;
    /// @dev Zero for the provider itself.
    mapping(address provider => address settler) internal _nextSettlers;
    /// @dev Sum of all free balances, locks and revenues. Settlement moves between them and leaves it alone.
    uint256 internal _totalOwed;

    constructor(address token_, address registry, uint40 withdrawalDelay_, uint40 maxVoucherValidity_)
        EIP712("Stoa", "1")
    {
        if (token_ == address(0) || registry == address(0)) revert ZeroAddress();
        if (withdrawalDelay_ <= maxVoucherValidity_) revert DelayTooShort(withdrawalDelay_, maxVoucherValidity_);
        _token = IERC20(token_);
        _registry = registry;
        withdrawalDelay = withdrawalDelay_;
        maxVoucherValidity = maxVoucherValidity_;
    }

    function token() external view returns (address) {
        return address(_token);
    }

    function totalOwed() external view returns (uint256) {
        return _totalOwed;
    }

    function getAccount(address payer) external view returns (Account memory) {
        Purse memory purse = _purses[payer];
        if (purse.key == REMOVED) purse.key = address(0);
        Announcement memory announced = _announcements[payer];
        return Account(purse.key, purse.free, announced.amount, announced.withdrawableAt);
    }

    function getChannel(address payer, bytes32 offerId, uint64 lane) external view returns (Channel memory) {
        bytes32 channel = VoucherHash.channelOf(payer, offerId, lane);
        Lane storage state = _lanes[channel];
        return Channel(state.settled, state.ceiling, uint96(_locked[channel]), state.lockedUntil);
    }

    function revenueOf(bytes32 offerId) external view returns (address sink, uint256 amount) {
        Parties memory parties = _parties[offerId];
        return (parties.sink, _revenues[parties.provider][offerId].amount);
    }

    /// @dev Counts `amount` wei that have arrived as owed. `held`: the token balance they brought about. The caller books whose they are.
    function _owe(uint96 amount, uint256 held) internal {
        if (amount == 0) revert ZeroAmount();
        uint256 owed = _totalOwed;
        if (amount > type(uint96).max - owed) revert AmountTooLarge(amount, type(uint96).max - owed);
        owed += amount;
        if (held < owed) revert Undercollateralised(held, owed);
        _totalOwed = owed;
    }
}
