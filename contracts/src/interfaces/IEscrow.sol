// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IArbiter} from "./IArbiter.sol";
import {Receipt} from "../types/Market.sol";

/// @title One deposit that pays every provider
/// @notice A payer deposits once, registers session keys, and signs cumulative vouchers off-chain (specs/voucher.md). A voucher
/// bounds a call's price; the seller states the price itself when it settles, so only the seller decides what is settled: its
/// account, the settler it named for the offer, or anyone who brings a batch that one of these signed. Otherwise a buyer could overpay on
/// purpose and have an honest seller convicted of overcharging. Revenue accumulates per offer until the offer's sink collects
/// it. One escrow per token.
///
/// Invariants: token held ≥ free balances + locks + uncollected revenue, with equality when nobody donated; a lane's settled
/// amount never exceeds the greatest voucher used on it and never falls; a lock can be claimed by its lane alone until it ends
/// and belongs to its payer after; no balance leaves by withdrawal sooner than `withdrawalDelay` after it was announced.
///
/// As an arbiter it judges overcharging only, never an answer: `judges` is false for every profile. `challengeWindow` is the
/// time an offer's stake must at least outlast an answer by; a proof is accepted later too, as long as there is stake.
interface IEscrow is IArbiter {
    /// @notice One line of a settlement. Charges the lane up to `cumulative` ≤ `maxCumulative`.
    /// @param calls Number of calls since the last settlement, as the settler states it; informational.
    /// @param r @param vs EIP-2098 compact signature of the voucher by one of the payer's session keys.
    struct Claim {
        address payer;
        uint64 lane;
        uint96 maxCumulative;
        uint96 cumulative;
        uint40 validUntil;
        uint32 calls;
        bytes32 r;
        bytes32 vs;
    }

    /// @notice Claims under one offer.
    struct OfferClaims {
        bytes32 offerId;
        Claim[] claims;
    }

    /// @param key One of the session keys; zero if there is none or only others are left. @param balance Free wei: neither locked nor settled.
    /// @param withdrawalAmount Announced wei. @param withdrawableAt Unix second from which it can leave; zero when none.
    struct Account {
        address key;
        uint96 balance;
        uint96 withdrawalAmount;
        uint40 withdrawableAt;
    }

    /// @param settled Wei settled on the lane in all. @param ceiling Greatest `maxCumulative` used on it.
    /// @param locked Wei locked for it. @param lockedUntil Unix second at which the lock ends; zero when none.
    struct Channel {
        uint96 settled;
        uint96 ceiling;
        uint96 locked;
        uint40 lockedUntil;
    }

    /// @notice Why a claim moved nothing. `UnknownOffer`: the provider has no such offer here. `NoFunds`: neither the lane's lock
    /// nor the free balance holds anything.
    enum Refusal {
        Expired,
        WrongSigner,
        OverVoucher,
        UnknownOffer,
        NoFunds
    }

    /// @notice `from` is whose tokens they were.
    /// @param key Session key that the deposit registered; zero if none.
    event Deposited(address indexed payer, uint256 amount, address key);
    /// @notice A key registered without a deposit.
    event KeyAdded(address indexed payer, address indexed key);
    event KeyRemoved(address indexed payer, address indexed key, uint40 validUntil);
    /// @notice `amount` and `withdrawableAt` are zero when an announcement was cancelled.
    event WithdrawalRequested(address indexed payer, uint256 amount, uint40 withdrawableAt);
    event Withdrawn(address indexed payer, uint256 amount, address to);
    /// @notice `amount` more wei; zero when the lock was only prolonged.
    event Locked(address indexed payer, bytes32 indexed offerId, uint64 lane, uint256 amount, uint40 until);
    event Unlocked(address indexed payer, bytes32 indexed offerId, uint64 lane, uint256 amount);
    /// @notice `paid` may be less than due when the deposit ran dry: `settled` says how far the lane got.
    event Settled(
        bytes32 indexed offerId, address indexed payer, uint64 lane, uint256 paid, uint256 settled, uint32 calls
    );
    event ClaimRefused(bytes32 indexed offerId, address indexed payer, uint64 lane, Refusal reason);
    /// @notice Who settles the offers that the provider opens from now on.
    event SettlerChanged(address indexed provider, address indexed settler);
    event OfferSettlerChanged(bytes32 indexed offerId, address indexed settler);
    event OfferOpened(bytes32 indexed offerId, address indexed provider, address sink, address settler);
    /// @notice `amount` wei of `from`'s tokens became an offer's revenue, beside any voucher.
    event OfferPaid(bytes32 indexed offerId, address indexed from, uint256 amount);
    event RevenueCollected(bytes32 indexed offerId, address sink, uint256 amount);
    event OverchargeProved(
        bytes32 indexed receiptDigest, bytes32 indexed offerId, address indexed payer, uint256 excess
    );

    error ZeroAmount();
    error ZeroAddress();
    error AmountTooLarge(uint256 amount, uint256 max);
    error Undercollateralised(uint256 held, uint256 owed);
    error KeyKnown(address payer, address key);
    error KeyUnknown(address payer, address key);
    error InsufficientBalance(address payer, uint256 balance, uint256 needed);
    error NoWithdrawal(address payer);
    error WithdrawalTooEarly(uint40 withdrawableAt);
    error LockEndsOutOfRange(uint40 until, uint40 earliest, uint40 latest);
    error LockStillHeld(uint40 until);
    error NoLock(address payer, bytes32 offerId, uint64 lane);
    error NotRegistry(address sender);
    error NotSettler(address provider, address settler);
    error WrongSettlementSignature(address settler);
    error NotSink(bytes32 offerId, address sender, address sink);
    error UnknownOffer(bytes32 offerId);
    error OfferAlreadyOpen(bytes32 offerId);
    error DelayTooShort(uint40 withdrawalDelay, uint40 maxVoucherValidity);
    error NotOvercharged(uint256 settled, uint256 charged);
    error LaterVoucherUsed(uint256 ceiling, uint256 voucherCumulative);

    function token() external view returns (address);

    /// @notice Seconds between announcing a withdrawal, or removing a key, and its effect. Greater than voucher validity plus
    /// settlement interval.
    function withdrawalDelay() external view returns (uint40);

    /// @notice Longest that a seller should accept a voucher to be valid, in seconds.
    function maxVoucherValidity() external view returns (uint40);

    /// @notice Longest that a lock may last from now, in seconds, so that a slip of the pen binds no money for ever.
    function maxLockDuration() external view returns (uint40);

    /// @notice Deposits for `payer` from the sender's allowance. Registers `key` too if the sender is the payer, and `key` is neither
    /// zero nor registered already. Reverts with `Undercollateralised` when less is held than owed, as a rebasing token may
    /// bring about: nobody new is let into a shortfall.
    function deposit(address payer, address key, uint96 amount) external;

    /// @notice Deposits and registers `key` with one EIP-3009 authorization that anyone may send: `receiveWithAuthorization` to
    /// this contract, whose nonce must be `authorizationNonce(payer, key, salt)`, so that a relayer can change nothing.
    /// @param key Session key; zero to register none, a registered one to leave keys as they are.
    /// @param signature 65 bytes `r ‖ s ‖ v` go to the token's `v, r, s` form; any other length to its `bytes` form, which tokens
    /// that accept contract signatures have.
    function depositWithAuthorization(
        address payer,
        address key,
        uint96 amount,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 salt,
        bytes calldata signature
    ) external;

    /// @notice EIP-3009 nonce that binds an authorization to the key it registers: keccak256(abi.encode(payer, key, salt,
    /// this contract)).
    function authorizationNonce(address payer, address key, bytes32 salt) external view returns (bytes32);

    /// @notice Registers another session key. A removed key stays removed for ever, so that no old authorization revives it.
    function addKey(address key) external;

    /// @notice The key's vouchers stay good for `withdrawalDelay`, so that what it signed can be settled.
    function removeKey(address key) external;

    /// @notice Reserves `amount` more wei of the sender's free balance for one lane, until `until`, exclusive, which never moves
    /// earlier while the lock holds; zero `amount` prolongs a lock. Until then only the lane's claims draw on it, before they draw
    /// on the free balance. From then on it is the payer's: `unlock`, the next claim on the lane, or the next lock returns it.
    function lock(bytes32 offerId, uint64 lane, uint96 amount, uint40 until) external;

    /// @notice Returns an ended lock to its payer. Anyone may call.
    function unlock(address payer, bytes32 offerId, uint64 lane) external returns (uint256 amount);

    /// @notice Announces a withdrawal; replaces an earlier announcement and restarts the delay. Zero cancels. Sellers count what is
    /// announced as gone; until it leaves, claims may still draw on it.
    function requestWithdrawal(uint96 amount) external returns (uint40 withdrawableAt);

    /// @notice Pays the announced amount, or what is left of it. Payer only.
    function withdraw(address to) external returns (uint256 amount);

    /// @notice Names who settles the sender's offers beside itself: those it opens from now on, and the given ones, opened already.
    /// Zero, or the sender, for nobody else. A settler states what was charged, so a wrong one can cost the provider stake.
    function setSettler(address settler, bytes32[] calldata offerIds) external;

    /// @notice Who settles an offer beside its provider; zero if it is not open.
    function settlerOf(bytes32 offerId) external view returns (address);

    /// @notice Who will settle the offers that a provider opens from now on.
    function nextSettlerOf(address provider) external view returns (address);

    /// @notice Settles vouchers of any payers under any of the provider's offers. Only the provider, or the settler of every offer in
    /// the batch; `NotSettler` otherwise. A claim that can't be honoured is refused with an event and does not undo the others; a
    /// lane already settled that far moves nothing.
    function settle(address provider, OfferClaims[] calldata batch) external;

    /// @notice Settles a batch that `settler`, who might settle it itself, signed (`settlementDigest`). Anyone may call, any number of
    /// times: amounts are cumulative. A contract signs by ERC-1271.
    function settleFor(address provider, OfferClaims[] calldata batch, address settler, bytes calldata signature)
        external;

    /// @notice Registers a provider's offer and its sink. ProviderRegistry only, once per offer.
    function openOffer(bytes32 offerId, address provider, address sink) external;

    /// @notice Pulls `amount` wei from the sender's allowance into an offer's revenue, open or closed, from where they go as settled
    /// vouchers do. Anyone may call; nothing is owed in return.
    function pay(bytes32 offerId, uint96 amount) external;

    /// @notice Sends an offer's accumulated revenue to its sink. The sink only.
    function collect(bytes32 offerId) external returns (uint256 amount);

    /// @notice Proves with the seller's own receipt that more was settled on its lane than it says was charged, and slashes for
    /// it: the payer is paid out of stake, up to the offer's cap for that receipt. Reverts with `LaterVoucherUsed` if a later voucher
    /// justified the settlement. The rule behind it (specs/voucher.md): one call in flight per lane, each with a strictly greater
    /// `maxCumulative`, one receipt per voucher; a seller never settles a lane above its last receipt's `chargedCumulative`, and
    /// settles with the voucher of that receipt, not with an older one.
    function proveOvercharge(Receipt calldata receipt, bytes calldata signature) external returns (uint256 paid);

    function getAccount(address payer) external view returns (Account memory);

    function getChannel(address payer, bytes32 offerId, uint64 lane) external view returns (Channel memory);

    /// @notice Unix second until which a key's vouchers are honoured; zero if never, type max while registered.
    function keyValidUntil(address payer, address key) external view returns (uint40);

    /// @notice Uncollected wei of an offer, and its sink.
    function revenueOf(bytes32 offerId) external view returns (address sink, uint256 amount);

    /// @notice Wei owed in all: balances, locks and uncollected revenue.
    function totalOwed() external view returns (uint256);

    /// @notice EIP-712 digest of a voucher; domain "Stoa", version "1", this contract.
    function voucherDigest(address payer, bytes32 offerId, uint64 lane, uint96 maxCumulative, uint40 validUntil)
        external
        view
        returns (bytes32);

    /// @notice EIP-712 digest `Settlement(address provider,bytes32 batch)`, where `batch` is keccak256(abi.encode(batch)).
    function settlementDigest(address provider, OfferClaims[] calldata batch) external view returns (bytes32);
}
