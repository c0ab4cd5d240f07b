// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IArbiter} from "../interfaces/IArbiter.sol";
import {IEscrow} from "../interfaces/IEscrow.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {IProviderRegistry} from "../interfaces/IProviderRegistry.sol";
import {ExactTransfer} from "../libraries/ExactTransfer.sol";
import {OfferHash} from "../libraries/OfferHash.sol";
import {ReceiptHash} from "../libraries/ReceiptHash.sol";
import {Offer, ProofKind, Receipt} from "../types/Market.sol";

/// @title The registry of providers
/// @notice See IProviderRegistry.
/// @dev An offer's escrow, arbiter and sink are whatever contracts its provider names; buyers choose which they trust. They are
/// called from `createOffer` only: the arbiter and the escrow's windows by static calls, the escrow's `openOffer` last, after every
/// write, and nothing that writes can be entered meanwhile.
contract ProviderRegistry is IProviderRegistry, EIP712, ReentrancyGuardTransient {
    uint32 private constant PPM = 1_000_000;
    uint8 private constant RECEIPT_VERSION = 1;
    /// @dev A URL; bounded so that reading it cannot be made expensive.
    uint256 private constant MAX_ENDPOINT_BYTES = 256;
    /// @dev Plain ERC-20 has no burn. Nobody holds this address's key.
    address private constant BURNED = 0x000000000000000000000000000000000000dEaD;

    /// @dev What is known of a receipt, in one slot: the first challenge pays for it, so that the verdict need not.
    /// @param slashed Wei of stake that it has cost. @param challenges How often its offer's arbiter was asked to judge it: its signature was checked
    /// then.
    struct Record {
        uint96 slashed;
        uint64 challenges;
    }

    IERC20 private immutable _stakeToken;
    IModelRegistry public immutable modelRegistry;
    uint40 public immutable unbondingPeriod;
    uint32 public immutable burnPpm;

    mapping(address provider => Provider) private _providers;
    mapping(address provider => mapping(address signer => bool)) private _signers;
    mapping(bytes32 offerId => Offer) private _offers;
    mapping(bytes32 offerId => bool) private _closed;
    mapping(bytes32 receiptDigest => Record) private _records;

    constructor(address stakeToken_, IModelRegistry modelRegistry_, uint40 unbondingPeriod_, uint32 burnPpm_)
        EIP712("Stoa", "1")
    {
        if (stakeToken_ == address(0) || address(modelRegistry_) == address(0)) revert ZeroAddress();
        if (burnPpm_ == 0 || burnPpm_ > PPM) revert BurnOutOfRange(burnPpm_, PPM);
        _stakeToken = IERC20(stakeToken_);
        modelRegistry = modelRegistry_;
        unbondingPeriod = unbondingPeriod_;
        burnPpm = burnPpm_;
    }

    modifier onlyRegistered(address provider) {
        if (_providers[provider].signer == address(0)) revert NotRegistered(provider);
        _;
    }

    function register(string calldata endpoint, bytes32 endpointKey, address signer) external {
        Provider storage provider = _providers[msg.sender];
        if (provider.signer != address(0)) revert AlreadyRegistered(msg.sender);
        _checkEndpoint(endpoint);
        provider.endpoint = endpoint;
        provider.endpointKey = endpointKey;
        _setSigner(signer);
        emit ProviderRegistered(msg.sender, endpoint, endpointKey, signer);
    }

    function setEndpoint(string calldata endpoint, bytes32 endpointKey) external onlyRegistered(msg.sender) {
        _checkEndpoint(endpoint);
        _providers[msg.sender].endpoint = endpoint;
        _providers[msg.sender].endpointKey = endpointKey;
        emit EndpointChanged(msg.sender, endpoint, endpointKey);
    }

    function setSigner(address signer) external onlyRegistered(msg.sender) {
        _setSigner(signer);
        emit SignerChanged(msg.sender, signer);
    }

    function stake(address provider, uint96 amount) external nonReentrant onlyRegistered(provider) {
        if (amount == 0) revert ZeroAmount();
        ExactTransfer.pull(_stakeToken, msg.sender, amount);
        uint96 staked = _providers[provider].stake + amount;
        _providers[provider].stake = staked;
        emit StakeAdded(provider, amount, staked);
    }

    function unbond(uint96 amount) external nonReentrant {
        if (amount == 0) revert ZeroAmount();
        Provider storage provider = _providers[msg.sender];
        if (amount > provider.stake) revert InsufficientStake(provider.stake, amount);
        provider.stake -= amount;
        provider.unbonding += amount;
        provider.withdrawableAt = uint40(block.timestamp) + unbondingPeriod;
        emit UnbondingStarted(msg.sender, amount, provider.withdrawableAt);
    }

    function withdrawStake(address to) external nonReentrant returns (uint256 amount) {
        if (to == address(0)) revert ZeroAddress();
        Provider storage provider = _providers[msg.sender];
        amount = provider.unbonding;
        if (amount == 0) revert NothingToWithdraw(msg.sender);
        if (block.timestamp < provider.withdrawableAt) revert StillUnbonding(provider.withdrawableAt);
        provider.unbonding = 0;
        provider.withdrawableAt = 0;
        emit StakeWithdrawn(msg.sender, amount, to);
        ExactTransfer.push(_stakeToken, to, amount);
    }

    function createOffer(Offer calldata offer) external nonReentrant returns (bytes32 offerId) {
        return _createOffer(offer);
    }

    function closeOffer(bytes32 offerId) external nonReentrant {
        _closeOffer(offerId);
    }

    function replaceOffer(bytes32 offerId, Offer calldata offer) external nonReentrant returns (bytes32 replacement) {
        _closeOffer(offerId);
        emit OfferReplaced(offerId, offerIdOf(offer));
        return _createOffer(offer);
    }

    function slash(Receipt calldata receipt, bytes calldata signature, address beneficiary, uint96 amount)
        external
        nonReentrant
        returns (uint256 paid, uint256 burned)
    {
        if (beneficiary == address(0)) revert ZeroAddress();
        if (amount == 0) revert ZeroAmount();
        Offer storage offer = _existing(receipt.offerId);
        if (msg.sender != offer.arbiter && msg.sender != offer.escrow) revert NotArbiter(receipt.offerId, msg.sender);
        address provider = offer.provider;
        bytes32 digest = receiptDigest(receipt);
        Record memory record = _records[digest];
        if (record.challenges == 0) _checkSigned(digest, receipt.version, signature, provider);

        uint256 left = _leftOf(digest, record, offer.slashCap);
        uint256 taken = _take(provider, Math.min(amount, left));
        record.slashed += uint96(taken); // at most the cap
        _records[digest] = record;
        burned = Math.mulDiv(taken, burnPpm, PPM, Math.Rounding.Ceil);
        paid = taken - burned;
        emit Slashed(digest, provider, beneficiary, receipt.offerId, paid, burned);
        if (paid == 0) ExactTransfer.push(_stakeToken, BURNED, burned);
        else ExactTransfer.pushBoth(_stakeToken, BURNED, burned, beneficiary, paid);
    }

    function countChallenge(Receipt calldata receipt, bytes calldata signature)
        external
        nonReentrant
        returns (uint256 before)
    {
        Offer storage offer = _existing(receipt.offerId);
        if (msg.sender != offer.arbiter) revert NotArbiter(receipt.offerId, msg.sender);
        bytes32 digest = receiptDigest(receipt);
        Record memory record = _records[digest];
        before = record.challenges;
        _checkSigned(digest, receipt.version, signature, offer.provider);
        _leftOf(digest, record, offer.slashCap);
        ++record.challenges;
        _records[digest] = record;
    }

    function stakeToken() external view returns (address) {
        return address(_stakeToken);
    }

    function getProvider(address provider) external view returns (Provider memory) {
        return _providers[provider];
    }

    function getOffer(bytes32 offerId) external view returns (Offer memory) {
        return _existing(offerId);
    }

    function profileOf(bytes32 offerId) external view returns (bytes32) {
        return _existing(offerId).profile;
    }

    function isOpen(bytes32 offerId) external view returns (bool) {
        Offer storage offer = _offers[offerId];
        if (offer.provider == address(0) || _closed[offerId]) return false;
        return _providers[offer.provider].stake >= offer.slashCap;
    }

    function offerIdOf(Offer calldata offer) public view returns (bytes32) {
        return OfferHash.id(address(this), offer);
    }

    function slashedFor(bytes32 digest) external view returns (uint256) {
        return _records[digest].slashed;
    }

    function challengesOf(bytes32 digest) external view returns (uint256) {
        return _records[digest].challenges;
    }

    function isSignerOf(address provider, address signer) external view returns (bool) {
        return _signers[provider][signer];
    }

    function receiptDigest(Receipt calldata receipt) public view returns (bytes32) {
        return _hashTypedDataV4(ReceiptHash.hash(receipt));
    }

    function _checkEndpoint(string calldata endpoint) private pure {
        uint256 length = bytes(endpoint).length;
        if (length > MAX_ENDPOINT_BYTES) revert EndpointTooLong(length, MAX_ENDPOINT_BYTES);
    }

    function _setSigner(address signer) private {
        if (signer == address(0)) revert ZeroAddress();
        _providers[msg.sender].signer = signer;
        _signers[msg.sender][signer] = true;
    }

    function _createOffer(Offer calldata offer) private onlyRegistered(msg.sender) returns (bytes32 offerId) {
        offerId = offerIdOf(offer);
        if (offer.provider != msg.sender) revert NotOfferProvider(offerId, msg.sender, offer.provider);
        if (_offers[offerId].provider != address(0)) revert OfferExists(offerId);
        if (offer.payee == address(0) || offer.escrow == address(0) || offer.sink == address(0)) revert ZeroAddress();
        uint96 staked = _providers[msg.sender].stake;
        if (offer.slashCap > staked) revert InsufficientStake(staked, offer.slashCap);
        _checkModel(offer);
        _checkArbiters(offer);

        _offers[offerId] = offer;
        emit OfferCreated(offerId, msg.sender, offer.modelId, offer);
        IEscrow(offer.escrow).openOffer(offerId, msg.sender, offer.sink);
    }

    function _checkModel(Offer calldata offer) private view {
        modelRegistry.getVersion(offer.modelId, offer.modelVersion);
        uint32 share = modelRegistry.ownerSharePpm(offer.modelId);
        if (offer.ownerSharePpm != share) revert OwnerShareMismatch(offer.ownerSharePpm, share);
    }

    /// @dev Stake must still be there when the slower of arbiter and escrow has spoken.
    function _checkArbiters(Offer calldata offer) private view {
        _checkSpeed(IArbiter(offer.escrow));
        if (offer.proofKind == ProofKind.Attested) {
            if (offer.arbiter != address(0) || offer.profile != 0) revert ProofKindMismatch();
            return;
        }
        if (offer.arbiter == address(0) || offer.profile == 0) revert ProofKindMismatch();
        IArbiter arbiter = IArbiter(offer.arbiter);
        _checkSpeed(arbiter);
        if (!arbiter.judges(offer.profile)) revert ArbiterRefusesProfile(offer.arbiter, offer.profile);
    }

    function _checkSpeed(IArbiter arbiter) private view {
        uint256 needed = uint256(arbiter.challengeWindow()) + arbiter.longestGame();
        if (needed >= unbondingPeriod) revert ArbiterTooSlow(needed, unbondingPeriod);
    }

    function _closeOffer(bytes32 offerId) private {
        Offer storage offer = _existing(offerId);
        if (offer.provider != msg.sender) revert NotOfferProvider(offerId, msg.sender, offer.provider);
        if (_closed[offerId]) revert OfferIsClosed(offerId);
        _closed[offerId] = true;
        emit OfferClosed(offerId, msg.sender);
    }

    function _existing(bytes32 offerId) private view returns (Offer storage offer) {
        offer = _offers[offerId];
        if (offer.provider == address(0)) revert UnknownOffer(offerId);
    }

    function _checkSigned(bytes32 digest, uint8 version, bytes calldata signature, address provider) private view {
        if (version != RECEIPT_VERSION) revert UnknownReceiptVersion(version);
        (address signer,,) = signature.length == 64
            ? ECDSA.tryRecover(digest, bytes32(signature[:32]), bytes32(signature[32:]))
            : ECDSA.tryRecoverCalldata(digest, signature);
        if (signer == address(0) || !_signers[provider][signer]) revert WrongReceiptSigner(signer, provider);
    }

    /// @return Wei that the receipt can still cost; never none.
    function _leftOf(bytes32 digest, Record memory record, uint256 cap) private pure returns (uint256) {
        if (record.slashed >= cap) revert SlashCapReached(digest, record.slashed, cap);
        return cap - record.slashed;
    }

    /// @dev Takes up to `amount` wei from stake, then from what is unbonding.
    function _take(address account, uint256 amount) private returns (uint256 taken) {
        Provider storage provider = _providers[account];
        uint256 fromStake = Math.min(amount, provider.stake);
        provider.stake -= uint96(fromStake);
        if (fromStake == amount) return amount;
        uint256 fromUnbonding = Math.min(amount - fromStake, provider.unbonding);
        taken = fromStake + fromUnbonding;
        if (taken == 0) revert InsufficientStake(0, amount);
        provider.unbonding -= uint96(fromUnbonding);
        if (provider.unbonding == 0) provider.withdrawableAt = 0;
    }
}
