// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../src/interfaces/IEscrow.sol";
import {IOfferPayments} from "../../src/interfaces/IOfferPayments.sol";
import {IProviderRegistry} from "../../src/interfaces/IProviderRegistry.sol";
import {IRevenueSink} from "../../src/interfaces/IRevenueSink.sol";
import {StoaUSD} from "../../src/token/StoaUSD.sol";
import {Receipt} from "../../src/types/Market.sol";
import {DirectPayer} from "../base/DirectPayer.sol";

/// @title Buyers and sellers at work
/// @notice Even offers are an honest seller's: it follows specs/voucher.md. Odd ones are a dishonest one's: it settles whatever its
/// vouchers allow, and answers when it likes. Buyers withdraw, lock and promise as they please, within what the contract allows, and
/// leave a seller that took a voucher and gave no receipt.
/// @dev Every call that is made must succeed: the profile fails on reverts. An action that makes no sense now is not made.
contract MarketHandler is DirectPayer {
    uint96 public constant MAX_CEILING = 2e6;
    uint96 public constant EXPOSURE = 5e6;
    uint256 public constant PAYERS = 3;
    uint256 public constant OFFERS = 4;
    uint40 private constant VALIDITY = 1 days;
    uint40 private constant DELAY = 7 days;
    uint256 private constant SIGNER_PK = uint256(keccak256("receipt signer"));

    /// @dev What both sides remember of a lane.
    struct Book {
        uint64 lane; // the buyer takes the next one after it was disappointed
        uint96 charged; // by the last receipt
        uint96 receiptVoucher; // `maxCumulative` of that receipt's voucher
        uint96 voucher; // the last voucher's
        bool inDoubt; // a voucher went out and no receipt came back
        uint256 settled; // as last seen
        IEscrow.Claim claim; // the last receipt's voucher
        IEscrow.Claim lastClaim; // the last voucher
        Receipt receipt;
    }

    IEscrow private immutable _escrow;
    IProviderRegistry private immutable _registry;
    IRevenueSink private immutable _sink;
    StoaUSD private immutable _usd;
    IOfferPayments private immutable _payments;
    address[2] private _providers;
    bytes32[OFFERS] private _offers;
    address[2] private _recipients;

    address[PAYERS] private _payers;
    address[PAYERS] private _keys;
    mapping(uint256 payer => mapping(uint256 offer => Book)) private _books;
    mapping(uint256 payer => uint256) private _announcedAt;
    uint256 public deposited;
    uint256 public withdrawn;
    /// @notice Wei that offers' accounts received beside vouchers, and authorizations so far.
    uint256 public paidDirectly;
    uint256 private _authorizations;
    uint256 public convictions;
    /// @notice Calls of each kind that went through, so that a run which did nothing can be told.
    mapping(bytes32 kind => uint256) public done;

    /// @param usd Token that the handler holds enough of.
    constructor(
        IEscrow escrow,
        IProviderRegistry registry,
        IRevenueSink sink,
        IOfferPayments payments,
        StoaUSD usd,
        address[2] memory providers,
        bytes32[OFFERS] memory offers,
        address[2] memory recipients
    ) {
        (_escrow, _registry, _sink, _payments, _usd) = (escrow, registry, sink, payments, usd);
        (_providers, _offers, _recipients) = (providers, offers, recipients);
        for (uint256 who; who < PAYERS; ++who) {
            _payers[who] = vm.addr(uint256(keccak256(abi.encode("payer", who))));
            _keys[who] = vm.addr(keyOf(who));
        }
    }

    function deposit(uint256 who, uint96 amount) external {
        amount = uint96(bound(amount, 1, 20e6));
        address payer = payerOf(who);
        _usd.transfer(payer, amount);
        vm.prank(payer);
        _usd.approve(address(_escrow), amount);
        vm.prank(payer);
        _escrow.deposit(payer, _keys[who % PAYERS], amount);
        deposited += amount;
        ++done["deposit"];
    }

    function announce(uint256 who, uint96 amount) external {
        address payer = payerOf(who);
        uint96 free = _escrow.getAccount(payer).balance;
        // One that is under way is left alone, or hardly any would ever leave.
        if (free == 0 || _escrow.getAccount(payer).withdrawableAt != 0) return;
        vm.prank(payer);
        _escrow.requestWithdrawal(uint96(bound(amount, 1, free)));
        _announcedAt[who % PAYERS] = block.timestamp;
        ++done["announce"];
    }

    function withdraw(uint256 who) external {
        address payer = payerOf(who);
        IEscrow.Account memory account = _escrow.getAccount(payer);
        if (account.withdrawableAt == 0 || block.timestamp < account.withdrawableAt) return;
        vm.prank(payer);
        uint256 amount = _escrow.withdraw(payer);
        vm.assertGe(block.timestamp, _announcedAt[who % PAYERS] + DELAY, "never early");
        uint256 expected = account.withdrawalAmount < account.balance ? account.withdrawalAmount : account.balance;
        vm.assertEq(amount, expected, "what was announced, or is left");
        withdrawn += amount;
        ++done["withdraw"];
    }

    function lock(uint256 who, uint256 which, uint96 amount, uint40 duration) external {
        address payer = payerOf(who);
        uint96 free = _escrow.getAccount(payer).balance;
        if (free == 0) return;
        uint40 held = channelOf(who, which).lockedUntil;
        uint40 earliest = held > block.timestamp ? held : uint40(block.timestamp) + 1;
        uint40 until = uint40(bound(duration, earliest, earliest + 3 days));
        vm.prank(payer);
        _escrow.lock(_offers[which % OFFERS], bookAt(who, which).lane, uint96(bound(amount, 1, free)), until);
        ++done["lock"];
    }

    function unlock(uint256 who, uint256 which) external {
        IEscrow.Channel memory channel = channelOf(who, which);
        if (channel.lockedUntil == 0 || block.timestamp < channel.lockedUntil) return;
        vm.assertEq(
            _escrow.unlock(payerOf(who), _offers[which % OFFERS], bookAt(who, which).lane), channel.locked, "all of it"
        );
        ++done["unlock"];
    }

    /// @notice A call: voucher, and, if the seller answers, receipt.
    function call(uint256 who, uint256 which, uint96 ceiling, uint96 charge, bool answers) external {
        Book storage book = bookAt(who, which);
        ceiling = uint96(bound(ceiling, 1, MAX_CEILING));
        charge = uint96(bound(charge, 0, ceiling));
        // The buyer's rule: no more on a lane whose seller owes it an answer, or took more than its receipts say.
        if (book.inDoubt || channelOf(who, which).settled > book.charged) {
            if (channelOf(who, which).locked == 0) abandon(book);
            return;
        }
        if (honest(which) && !serves(who, which, charge)) return;

        uint96 voucher = book.charged + ceiling;
        if (voucher <= book.voucher) return; // needs a greater ceiling: every voucher is greater than the last
        book.voucher = voucher;
        book.lastClaim = signed(who, which, voucher);
        if (honest(which) || answers) {
            book.charged += charge;
            book.receiptVoucher = voucher;
            book.claim = book.lastClaim;
            book.receipt = receiptOf(who, which);
        } else {
            book.inDoubt = true;
        }
        ++done["call"];
    }

    /// @notice The honest seller settles its last receipt's sum with that receipt's voucher.
    function settleHonestly(uint256 who, uint256 which) public {
        if (!honest(which)) return;
        Book storage book = bookAt(who, which);
        if (book.charged == 0 || block.timestamp > book.claim.validUntil) return;
        IEscrow.Claim memory claim = book.claim;
        claim.cumulative = book.charged;
        settle(who, which, claim);
        ++done["settleHonestly"];
    }

    /// @notice The dishonest one settles as much of its last voucher as it likes, or of its last receipt's.
    function settleDishonestly(uint256 who, uint256 which, uint96 cumulative, bool unanswered) external {
        if (honest(which)) return;
        Book storage book = bookAt(who, which);
        IEscrow.Claim memory claim = unanswered ? book.lastClaim : book.claim;
        if (claim.maxCumulative == 0 || block.timestamp > claim.validUntil) return;
        claim.cumulative = uint96(bound(cumulative, 1, claim.maxCumulative));
        settle(who, which, claim);
        ++done["settleDishonestly"];
    }

    /// @notice A buyer that finds more settled than its last receipt says, by that receipt's voucher, has the seller convicted.
    function prove(uint256 who, uint256 which) external {
        if (honest(which)) return;
        Book storage book = bookAt(who, which);
        IEscrow.Channel memory channel = channelOf(who, which);
        if (channel.settled <= book.charged || channel.ceiling > book.receiptVoucher) return;
        bytes32 digest = _registry.receiptDigest(book.receipt);
        if (_registry.slashedFor(digest) != 0 || _registry.getProvider(_providers[1]).stake == 0) return;
        (bytes32 r, bytes32 vs) = vm.signCompact(SIGNER_PK, digest);
        vm.assertTrue(_escrow.proveOvercharge(book.receipt, abi.encodePacked(r, vs)) > 0, "paid");
        ++convictions;
        ++done["prove"];
    }

    /// @notice Two payers pay an offer directly; of these authorizations one may be short of funds, or somebody may bring one to the token first.
    function payDirectly(uint256 who, uint256 which, uint96 amount, bool poor, bool overtaken) external {
        amount = uint96(bound(amount, 1, 1e6));
        bytes32 offerId = _offers[which % OFFERS];
        address account = _payments.accountOf(offerId);
        IOfferPayments.OfferAuthorizations[] memory batch = paymentsOf(offerId, 2);
        for (uint256 i; i < 2; ++i) {
            uint256 pk = uint256(keccak256(abi.encode("payer", (who % PAYERS + i) % PAYERS)));
            if (i == 0 || !poor) _usd.transfer(vm.addr(pk), amount);
            batch[0].authorizations[i] = authorizationOf(_usd, pk, account, amount, bytes32(_authorizations++));
        }
        bool bothPay = _usd.balanceOf(batch[0].authorizations[1].payer) >= amount;
        if (overtaken) transferDirectly(_usd, account, batch[0].authorizations[0]);
        uint256 before = _usd.balanceOf(account);
        uint256 earned = revenueOf(which);
        _payments.settle(batch);
        uint256 due = bothPay ? 2 * uint256(amount) : amount;
        vm.assertEq(revenueOf(which) - earned, overtaken ? before + due - amount : before + due, "to the offer");
        paidDirectly += due;
        ++done["payDirectly"];
    }

    /// @notice Somebody sends an offer's account tokens without asking.
    function donate(uint256 which, uint96 amount) external {
        amount = uint96(bound(amount, 1, 1e6));
        _usd.transfer(_payments.accountOf(_offers[which % OFFERS]), amount);
        paidDirectly += amount;
        ++done["donate"];
    }

    function sweep(uint256 which) external {
        bytes32 offerId = _offers[which % OFFERS];
        uint256 held = _usd.balanceOf(_payments.accountOf(offerId));
        vm.assertEq(_payments.sweep(offerId), held, "all of it");
        ++done["sweep"];
    }

    function collect(uint256 which) external {
        uint256 uncollected = revenueOf(which);
        vm.assertEq(_sink.collect(_offers[which % OFFERS]), uncollected, "all of it");
        ++done["collect"];
    }

    function withdrawRevenue(uint256 who) external {
        address recipient = _recipients[who % 2];
        uint256 credited = _sink.balanceOf(recipient);
        vm.assertEq(_sink.withdraw(recipient), credited, "all of it");
        ++done["withdrawRevenue"];
    }

    /// @notice Time passes, mostly little. The honest seller first settles what would expire or come unlocked meanwhile: that is its duty.
    function pass(uint40 time) external {
        time = uint40(bound(time, 1, time % 8 == 0 ? 2 days : 3 hours));
        for (uint256 i; i < PAYERS * OFFERS; ++i) {
            (uint256 who, uint256 which) = (i / OFFERS, i % OFFERS);
            uint40 until = channelOf(who, which).lockedUntil;
            bool expires = bookAt(who, which).claim.validUntil < block.timestamp + time;
            if (expires || (until != 0 && until <= block.timestamp + time)) settleHonestly(who, which);
        }
        vm.warp(block.timestamp + time);
        ++done["pass"];
    }

    function bookOf(uint256 who, uint256 which) external view returns (uint96 charged, uint96 voucher) {
        Book storage book = bookAt(who, which);
        return (book.charged, book.voucher);
    }

    function channelOf(uint256 who, uint256 which) public view returns (IEscrow.Channel memory) {
        return _escrow.getChannel(payerOf(who), _offers[which % OFFERS], bookAt(who, which).lane);
    }

    function payerOf(uint256 who) public view returns (address) {
        return _payers[who % PAYERS];
    }

    function laneOf(uint256 who, uint256 which) external view returns (uint64) {
        return bookAt(who, which).lane;
    }

    function keyOf(uint256 who) public pure returns (uint256) {
        return uint256(keccak256(abi.encode("key", who % PAYERS)));
    }

    function honest(uint256 which) public pure returns (bool) {
        return which % OFFERS % 2 == 0;
    }

    function bookAt(uint256 who, uint256 which) private view returns (Book storage) {
        return _books[who % PAYERS][which % OFFERS];
    }

    /// @dev The lane's lock is gone, so nothing is left on it that the buyer could still lose.
    function abandon(Book storage book) private {
        (book.charged, book.receiptVoucher, book.voucher, book.inDoubt, book.settled) = (0, 0, 0, false, 0);
        (book.claim.maxCumulative, book.lastClaim.maxCumulative) = (0, 0);
        ++book.lane;
        ++done["abandon"];
    }

    /// @dev The honest seller's checks 6 and 7 of specs/voucher.md.
    function serves(uint256 who, uint256 which, uint96 charge) private view returns (bool) {
        IEscrow.Account memory account = _escrow.getAccount(payerOf(who));
        IEscrow.Channel memory channel = channelOf(who, which);
        uint256 owed = bookAt(who, which).charged + charge - channel.settled;
        uint256 locked = channel.lockedUntil > block.timestamp ? channel.locked : 0;
        uint256 announced = account.withdrawalAmount < account.balance ? account.withdrawalAmount : account.balance;
        return owed <= locked + EXPOSURE && owed <= account.balance - announced + locked;
    }

    /// @dev Settles, and checks what moved against what should have.
    function settle(uint256 who, uint256 which, IEscrow.Claim memory claim) private {
        address payer = payerOf(who);
        Book storage book = bookAt(who, which);
        IEscrow.Channel memory before = channelOf(who, which);
        uint256 funds = uint256(_escrow.getAccount(payer).balance) + before.locked;
        uint256 earned = revenueOf(which);
        send(which, claim);

        IEscrow.Channel memory channel = channelOf(who, which);
        uint256 due = claim.cumulative > before.settled ? claim.cumulative - before.settled : 0;
        uint256 paid = due < funds ? due : funds;
        vm.assertEq(channel.settled, before.settled + paid, "paid as far as lock and deposit go");
        vm.assertEq(uint256(_escrow.getAccount(payer).balance) + channel.locked, funds - paid, "by the payer");
        vm.assertEq(revenueOf(which), earned + paid, "to the offer");
        vm.assertGe(channel.settled, book.settled, "never falls");
        vm.assertLe(channel.settled, channel.ceiling, "within the greatest voucher used");
        book.settled = channel.settled;
    }

    /// @dev By the offer's provider, alone in its batch.
    function send(uint256 which, IEscrow.Claim memory claim) private {
        IEscrow.OfferClaims[] memory batch = new IEscrow.OfferClaims[](1);
        batch[0].offerId = _offers[which % OFFERS];
        batch[0].claims = new IEscrow.Claim[](1);
        batch[0].claims[0] = claim;
        address provider = _providers[honest(which) ? 0 : 1];
        vm.prank(provider);
        _escrow.settle(provider, batch);
    }

    function revenueOf(uint256 which) private view returns (uint256 amount) {
        (, amount) = _escrow.revenueOf(_offers[which % OFFERS]);
    }

    function signed(uint256 who, uint256 which, uint96 maxCumulative)
        private
        view
        returns (IEscrow.Claim memory claim)
    {
        claim = IEscrow.Claim(
            payerOf(who),
            bookAt(who, which).lane,
            maxCumulative,
            maxCumulative,
            uint40(block.timestamp) + VALIDITY,
            1,
            0,
            0
        );
        bytes32 digest =
            _escrow.voucherDigest(claim.payer, _offers[which % OFFERS], claim.lane, maxCumulative, claim.validUntil);
        (claim.r, claim.vs) = vm.signCompact(keyOf(who), digest);
    }

    function receiptOf(uint256 who, uint256 which) private view returns (Receipt memory receipt) {
        Book storage book = bookAt(who, which);
        receipt.version = 1;
        receipt.offerId = _offers[which % OFFERS];
        receipt.payer = payerOf(who);
        receipt.lane = book.lane;
        receipt.voucherCumulative = book.receiptVoucher;
        receipt.chargedCumulative = book.charged;
        receipt.answeredAt = uint40(block.timestamp);
    }
}
