// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {IProviderRegistry} from "../../src/interfaces/IProviderRegistry.sol";
import {IRevenueSink} from "../../src/interfaces/IRevenueSink.sol";
import {IModelRegistry} from "../../src/interfaces/IModelRegistry.sol";
import {StoaUSD} from "../../src/token/StoaUSD.sol";
import {IEscrow} from "../../src/interfaces/IEscrow.sol";
import {IOfferPayments} from "../../src/interfaces/IOfferPayments.sol";
import {Offer, ProofKind, Receipt, Unit} from "../../src/types/Market.sol";
import {Deploy} from "./Deploy.sol";

/// @title A market with a model, a provider with stake and one offer, and a payer with a deposit and a session key
abstract contract MarketTest is Deploy {
    uint40 internal constant DELAY = 7 days;
    uint40 internal constant VALIDITY = 1 days;
    uint40 internal constant UNBONDING = 21 days;
    uint32 internal constant BURN_PPM = 500_000;
    uint32 internal constant OWNER_SHARE_PPM = 100_000;
    uint96 internal constant STAKE = 1_000e6;
    uint96 internal constant SLASH_CAP = 100e6;
    uint96 internal constant EXPOSURE = 5e6;
    uint96 internal constant DEPOSIT = 50e6;

    uint256 internal constant PAYER_PK = uint256(keccak256("payer"));
    uint256 internal constant KEY_PK = uint256(keccak256("session key"));
    uint256 internal constant SIGNER_PK = uint256(keccak256("receipt signer"));

    address internal immutable payer = vm.addr(PAYER_PK);
    address internal immutable key = vm.addr(KEY_PK);
    address internal immutable signer = vm.addr(SIGNER_PK);
    address internal immutable provider = vm.addr(uint256(keccak256("provider")));
    address internal immutable settler = vm.addr(uint256(keccak256("settler")));
    address internal immutable payee = vm.addr(uint256(keccak256("payee")));
    address internal immutable modelOwner = vm.addr(uint256(keccak256("model owner")));
    address internal immutable stranger = vm.addr(uint256(keccak256("stranger")));

    StoaUSD internal usd;
    StoaUSD internal stakeToken;
    IModelRegistry internal models;
    IProviderRegistry internal registry;
    IEscrow internal escrow;
    IRevenueSink internal sink;
    IOfferPayments internal payments;
    bytes32 internal offerId;

    function setUp() public virtual {
        vm.warp(1_800_000_000);
        usd = new StoaUSD(address(this));
        stakeToken = new StoaUSD(address(this));
        models = deployModels();
        registry = deployRegistry(address(stakeToken), models, UNBONDING, BURN_PPM);
        escrow = deployEscrow(address(usd), address(registry), DELAY, VALIDITY);
        sink = deploySink(escrow, registry, models);
        payments = deployPayments(escrow);

        models.publish(modelOwner, bytes32("card"), bytes32("weights"), OWNER_SHARE_PPM, 500);
        register(provider, signer);
        addStake(provider, STAKE);
        vm.prank(provider);
        escrow.setSettler(settler, new bytes32[](0));
        offerId = createOffer(defaultOffer());
        depositAs(payer, key, DEPOSIT);
    }

    function register(address account, address receiptKey) internal {
        vm.prank(account);
        registry.register("http://127.0.0.1:8080", bytes32("endpoint key"), receiptKey);
    }

    function addStake(address account, uint96 amount) internal {
        stakeToken.mint(address(this), amount);
        stakeToken.approve(address(registry), amount);
        registry.stake(account, amount);
    }

    /// @dev Mints `amount` to the account, and deposits it with a session key.
    function depositAs(address account, address sessionKey, uint96 amount) internal {
        usd.mint(account, amount);
        vm.prank(account);
        usd.approve(address(escrow), amount);
        vm.prank(account);
        escrow.deposit(account, sessionKey, amount);
    }

    function defaultOffer() internal view returns (Offer memory) {
        return Offer({
            provider: provider,
            payee: payee,
            modelId: 1,
            modelVersion: 1,
            unit: Unit.Pixel,
            price: 1e6,
            ownerSharePpm: OWNER_SHARE_PPM,
            proofKind: ProofKind.Attested,
            arbiter: address(0),
            profile: 0,
            escrow: address(escrow),
            sink: address(sink),
            exposure: EXPOSURE,
            slashCap: SLASH_CAP,
            terms: 0,
            salt: 0
        });
    }

    function createOffer(Offer memory offer) internal returns (bytes32) {
        vm.prank(offer.provider);
        return registry.createOffer(offer);
    }

    /// @dev A claim of the default payer that charges all its voucher allows, good for a day.
    function claimOf(uint64 lane, uint96 cumulative) internal view returns (IEscrow.Claim memory) {
        return claimOf(payer, KEY_PK, offerId, lane, cumulative, cumulative);
    }

    function claimOf(address account, uint256 keyPk, bytes32 id, uint64 lane, uint96 maxCumulative, uint96 cumulative)
        internal
        view
        returns (IEscrow.Claim memory claim)
    {
        claim = IEscrow.Claim(account, lane, maxCumulative, cumulative, uint40(block.timestamp) + VALIDITY, 1, 0, 0);
        sign(claim, keyPk, id);
    }

    /// @dev Signs the claim's voucher as it stands.
    function sign(IEscrow.Claim memory claim, uint256 keyPk, bytes32 id) internal view {
        bytes32 digest = escrow.voucherDigest(claim.payer, id, claim.lane, claim.maxCumulative, claim.validUntil);
        (claim.r, claim.vs) = vm.signCompact(keyPk, digest);
    }

    function batchOf(bytes32 id, IEscrow.Claim memory claim)
        internal
        pure
        returns (IEscrow.OfferClaims[] memory batch)
    {
        batch = new IEscrow.OfferClaims[](1);
        batch[0].offerId = id;
        batch[0].claims = new IEscrow.Claim[](1);
        batch[0].claims[0] = claim;
    }

    function settle(IEscrow.Claim memory claim) internal {
        settle(offerId, claim);
    }

    function settle(bytes32 id, IEscrow.Claim memory claim) internal {
        vm.prank(settler);
        escrow.settle(provider, batchOf(id, claim));
    }

    function receiptOf(uint64 lane, uint96 voucherCumulative, uint96 chargedCumulative)
        internal
        view
        returns (Receipt memory)
    {
        return Receipt({
            version: 1,
            offerId: offerId,
            payer: payer,
            lane: lane,
            voucherCumulative: voucherCumulative,
            weightsDigest: bytes32("weights"),
            requestDigest: bytes32("request"),
            responseDigest: bytes32("response"),
            units: 1,
            charge: 1,
            chargedCumulative: chargedCumulative,
            requestedAt: uint40(block.timestamp) - 1,
            answeredAt: uint40(block.timestamp)
        });
    }

    function signReceipt(Receipt memory receipt) internal view returns (bytes memory) {
        return signReceipt(receipt, SIGNER_PK);
    }

    function signReceipt(Receipt memory receipt, uint256 pk) internal view returns (bytes memory) {
        (bytes32 r, bytes32 vs) = vm.signCompact(pk, registry.receiptDigest(receipt));
        return abi.encodePacked(r, vs);
    }

    function freeOf(address account) internal view returns (uint256) {
        return escrow.getAccount(account).balance;
    }

    function revenue(bytes32 id) internal view returns (uint256 amount) {
        (, amount) = escrow.revenueOf(id);
    }

    /// @dev The escrow's first invariant, when nobody donated.
    function assertSolvent(IERC20 token) internal view {
        vm.assertEq(token.balanceOf(address(escrow)), escrow.totalOwed(), "escrow holds what it owes");
    }
}
