// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Offer, Receipt} from "../types/Market.sol";
import {IModelRegistry} from "./IModelRegistry.sol";

/// @title Providers, their stake and their offers
/// @notice A provider stakes, names its endpoint and its receipt keys, and makes immutable offers.
///
/// Invariant: the token held equals the sum of stake and unbonding over all providers. Unbonding stake stays slashable until
/// it is withdrawn, and unbonding lasts longer than any arbiter's challenge window plus its longest game.
interface IProviderRegistry {
    /// @param endpoint Base URL of the node.
    /// @param endpointKey X25519 public key (RFC 7748) of the endpoint.
    /// @param signer Current key that signs receipts; former ones stay accountable.
    /// @param stake Slashable wei that is not unbonding.
    /// @param unbonding Slashable wei on its way out.
    /// @param withdrawableAt Unix second from which `unbonding` can be withdrawn; zero when none.
    struct Provider {
        string endpoint;
        bytes32 endpointKey;
        address signer;
        uint96 stake;
        uint96 unbonding;
        uint40 withdrawableAt;
    }

    event ProviderRegistered(address indexed provider, string endpoint, bytes32 endpointKey, address signer);
    event EndpointChanged(address indexed provider, string endpoint, bytes32 endpointKey);
    event SignerChanged(address indexed provider, address signer);
    event StakeAdded(address indexed provider, uint256 amount, uint256 stake);
    event UnbondingStarted(address indexed provider, uint256 amount, uint40 withdrawableAt);
    event StakeWithdrawn(address indexed provider, uint256 amount, address to);
    event OfferCreated(bytes32 indexed offerId, address indexed provider, uint256 indexed modelId, Offer offer);
    event OfferClosed(bytes32 indexed offerId, address indexed provider);
    event OfferReplaced(bytes32 indexed offerId, bytes32 indexed replacement);
    event Slashed(
        bytes32 indexed receiptDigest,
        address indexed provider,
        address indexed beneficiary,
        bytes32 offerId,
        uint256 paid,
        uint256 burned
    );

    error AlreadyRegistered(address provider);
    error NotRegistered(address provider);
    error EndpointTooLong(uint256 length, uint256 max);
    error ZeroAddress();
    error ZeroAmount();
    error InsufficientStake(uint256 stake, uint256 needed);
    error NothingToWithdraw(address provider);
    error StillUnbonding(uint40 withdrawableAt);
    error NotOfferProvider(bytes32 offerId, address sender, address provider);
    error UnknownOffer(bytes32 offerId);
    error OfferExists(bytes32 offerId);
    error OfferIsClosed(bytes32 offerId);
    error OwnerShareMismatch(uint32 offered, uint32 current);
    error BurnOutOfRange(uint32 burnPpm, uint32 maxPpm);
    error ArbiterTooSlow(uint256 challengeSeconds, uint256 unbondingSeconds);
    error ArbiterRefusesProfile(address arbiter, bytes32 profile);
    error ProofKindMismatch();
    error NotArbiter(bytes32 offerId, address sender);
    error WrongReceiptSigner(address recovered, address provider);
    error UnknownReceiptVersion(uint8 version);
    error SlashCapReached(bytes32 receiptDigest, uint256 slashed, uint256 cap);

    /// @notice The staked token.
    function stakeToken() external view returns (address);

    /// @notice Where the models are that offers sell.
    function modelRegistry() external view returns (IModelRegistry);

    /// @notice Seconds that leaving stake stays slashable.
    function unbondingPeriod() external view returns (uint40);

    /// @notice Share of every slash that burns, parts per million; more than zero. Since a provider may name an arbiter that obeys it,
    /// it can move stake out before its unbonding ends by convicting itself, at this price: what surely deters a provider is the
    /// burned share of its stake, not all of it.
    function burnPpm() external view returns (uint32);

    function register(string calldata endpoint, bytes32 endpointKey, address signer) external;

    function setEndpoint(string calldata endpoint, bytes32 endpointKey) external;

    /// @notice Changes the key that signs receipts. A former key's receipts can still be slashed for.
    function setSigner(address signer) external;

    function stake(address provider, uint96 amount) external;

    /// @notice Starts, or adds to and restarts, unbonding.
    function unbond(uint96 amount) external;

    function withdrawStake(address to) external returns (uint256 amount);

    /// @notice Makes an offer. `offer.provider` must be the sender, the model version must exist, the owner's share must be the
    /// model's current one, stake must cover `slashCap`, the arbiter's window and game must fit into unbonding.
    function createOffer(Offer calldata offer) external returns (bytes32 offerId);

    /// @notice Stops new sales. What was sold is still settled and can still be slashed for.
    function closeOffer(bytes32 offerId) external;

    /// @notice Closes `offerId` and makes `offer` in one step.
    function replaceOffer(bytes32 offerId, Offer calldata offer) external returns (bytes32 replacement);

    /// @notice Takes stake for a receipt. Only the offer's arbiter or its escrow. The provider's signature is checked here, so
    /// that no arbiter can slash for an answer that was never given.
    /// @param amount Wei wanted; what is taken is bounded by the cap per receipt and by what is staked or unbonding.
    /// Reverts with `SlashCapReached` or `InsufficientStake` when that leaves nothing.
    /// @return paid Wei paid to `beneficiary`. @return burned Wei burned, rounded up, never zero: convicting oneself always costs.
    function slash(Receipt calldata receipt, bytes calldata signature, address beneficiary, uint96 amount)
        external
        returns (uint256 paid, uint256 burned);

    /// @notice The offer's arbiter: somebody asked it to judge the receipt. Reverts unless the provider signed the receipt, or with `SlashCapReached` when it can
    /// cost nothing more. What is remembered of a receipt is made room for here, before the verdict; a slash need not check the signature once more.
    /// @return before How many challenges of it there were before.
    function countChallenge(Receipt calldata receipt, bytes calldata signature) external returns (uint256 before);

    function getProvider(address provider) external view returns (Provider memory);

    /// @notice Reverts with `UnknownOffer` unless it exists.
    function getOffer(bytes32 offerId) external view returns (Offer memory);

    /// @notice Which profile it is judged by; 0 if by none. All that a verdict needs of an offer besides what a slash reads. Reverts as `getOffer` does.
    function profileOf(bytes32 offerId) external view returns (bytes32);

    /// @notice Whether the offer can be bought now: it exists, was not closed, and the provider's stake that is not on its way out
    /// covers the offer's `slashCap`.
    function isOpen(bytes32 offerId) external view returns (bool);

    /// @notice Id of these terms here: keccak256(abi.encode(chain id, this contract, offer)).
    function offerIdOf(Offer calldata offer) external view returns (bytes32);

    /// @notice Whether `signer` is, or ever was, the provider's receipt key. Several providers may name the same one: a receipt names
    /// the offer and so the provider, and nobody can keep a key from another by naming it first.
    function isSignerOf(address provider, address signer) external view returns (bool);

    /// @notice EIP-712 digest of a receipt; domain "Stoa", version "1", this contract.
    function receiptDigest(Receipt calldata receipt) external view returns (bytes32);

    /// @notice Wei already slashed for a receipt.
    function slashedFor(bytes32 receiptDigest) external view returns (uint256);

    /// @notice How often the offer's arbiter was asked to judge a receipt.
    function challengesOf(bytes32 receiptDigest) external view returns (uint256);
}
