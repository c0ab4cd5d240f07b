// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {IERC2981} from "@openzeppelin/contracts/interfaces/IERC2981.sol";

/// @title Models, their versions and their owners
/// @notice A model is an ERC-721 token. Versions are appended, never changed; one is active.
interface IModelRegistry is IERC2981, IERC721 {
    /// @notice What a version commits to.
    /// @param card SHA-256 of the card's bytes (specs/model-card.md).
    /// @param weights Digest of the weights bundle (specs/digests.md).
    /// @param publishedAt Unix second.
    struct Version {
        bytes32 card;
        bytes32 weights;
        uint40 publishedAt;
    }

    event ModelPublished(uint256 indexed modelId, address indexed owner, uint32 ownerSharePpm);
    event VersionPublished(uint256 indexed modelId, uint32 indexed version, bytes32 card, bytes32 weights);
    event VersionActivated(uint256 indexed modelId, uint32 indexed version);
    event OwnerShareChanged(uint256 indexed modelId, uint32 ownerSharePpm);
    event ResaleRoyaltyChanged(uint256 indexed modelId, address receiver, uint96 feeBps);

    error NotModelOwner(uint256 modelId, address sender, address owner);
    error UnknownVersion(uint256 modelId, uint32 version, uint32 versions);
    error ShareTooHigh(uint32 sharePpm, uint32 maxPpm);
    error ResaleFeeTooHigh(uint96 feeBps, uint96 maxBps);
    error EmptyDigest();

    /// @notice Mints a model to `owner` with a first, active version.
    /// @param ownerSharePpm The owner's share of serving revenue in offers made from now on, parts per million.
    /// @param resaleFeeBps ERC-2981 resale royalty to `owner`, basis points, at most 5,000.
    function publish(address owner, bytes32 card, bytes32 weights, uint32 ownerSharePpm, uint96 resaleFeeBps)
        external
        returns (uint256 modelId);

    /// @notice Appends a version; it is not active until activated. Owner only.
    function publishVersion(uint256 modelId, bytes32 card, bytes32 weights) external returns (uint32 version);

    /// @notice Makes `version` the active one, forward or back. Owner only.
    function activate(uint256 modelId, uint32 version) external;

    /// @notice Sets the share for offers made from now on; existing offers keep their snapshot. Owner only.
    function setOwnerShare(uint256 modelId, uint32 ownerSharePpm) external;

    /// @notice Sets the ERC-2981 resale royalty. Owner only.
    function setResaleRoyalty(uint256 modelId, address receiver, uint96 feeBps) external;

    function ownerSharePpm(uint256 modelId) external view returns (uint32);

    function activeVersion(uint256 modelId) external view returns (uint32);

    function versionCount(uint256 modelId) external view returns (uint32);

    /// @notice Reverts with `UnknownVersion` unless it exists.
    function getVersion(uint256 modelId, uint32 version) external view returns (Version memory);

    /// @notice Number of models; ids run from 1.
    function modelCount() external view returns (uint256);
}
