// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {ERC2981} from "@openzeppelin/contracts/token/common/ERC2981.sol";
import {Bytes} from "@openzeppelin/contracts/utils/Bytes.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";

import {IModelRegistry} from "../interfaces/IModelRegistry.sol";

/// @title The registry of models
/// @notice See IModelRegistry.
/// @dev Invariant: every model has at least one version, and its active version is one of them.
contract ModelRegistry is ERC721, ERC2981, IModelRegistry {
    /// @dev All of revenue.
    uint32 private constant MAX_SHARE_PPM = 1_000_000;
    uint96 private constant MAX_RESALE_FEE_BPS = 5_000;

    /// @dev One slot beside the versions, which are counted from 1 and kept from index 0.
    struct Model {
        uint32 ownerSharePpm;
        uint32 active;
        Version[] versions;
    }

    mapping(uint256 modelId => Model) private _models;
    uint256 public modelCount;

    constructor() ERC721("Stoa Model", "MODEL") {}

    modifier onlyModelOwner(uint256 modelId) {
        address owner = _requireOwned(modelId);
        if (msg.sender != owner) revert NotModelOwner(modelId, msg.sender, owner);
        _;
    }

    function publish(address owner, bytes32 card, bytes32 weights, uint32 sharePpm, uint96 resaleFeeBps)
        external
        returns (uint256 modelId)
    {
        modelId = ++modelCount;
        // Not the safe mint: it would hand control to `owner` amid creation, and a model needs no receiver hook.
        _mint(owner, modelId);
        emit ModelPublished(modelId, owner, sharePpm);
        _setOwnerShare(modelId, sharePpm);
        _setResaleRoyalty(modelId, owner, resaleFeeBps);
        _activate(modelId, _appendVersion(modelId, card, weights));
    }

    function publishVersion(uint256 modelId, bytes32 card, bytes32 weights)
        external
        onlyModelOwner(modelId)
        returns (uint32 version)
    {
        return _appendVersion(modelId, card, weights);
    }

    function activate(uint256 modelId, uint32 version) external onlyModelOwner(modelId) {
        _activate(modelId, version);
    }

    function setOwnerShare(uint256 modelId, uint32 sharePpm) external onlyModelOwner(modelId) {
        _setOwnerShare(modelId, sharePpm);
        emit OwnerShareChanged(modelId, sharePpm);
    }

    function setResaleRoyalty(uint256 modelId, address receiver, uint96 feeBps) external onlyModelOwner(modelId) {
        _setResaleRoyalty(modelId, receiver, feeBps);
    }

    function ownerSharePpm(uint256 modelId) external view returns (uint32) {
        _requireOwned(modelId);
        return _models[modelId].ownerSharePpm;
    }

    function activeVersion(uint256 modelId) external view returns (uint32) {
        _requireOwned(modelId);
        return _models[modelId].active;
    }

    function versionCount(uint256 modelId) external view returns (uint32) {
        return uint32(_models[modelId].versions.length);
    }

    function getVersion(uint256 modelId, uint32 version) external view returns (Version memory) {
        return _models[modelId].versions[_requireVersion(modelId, version) - 1];
    }

    /// @notice Address of the active version's card: a CIDv1 (base16, raw, SHA-256), under which any content-addressed store has it.
    function tokenURI(uint256 modelId) public view override returns (string memory) {
        _requireOwned(modelId);
        Model storage model = _models[modelId];
        bytes32 card = model.versions[model.active - 1].card;
        // Multiformats: "f" base16, 01 CIDv1, 55 raw, 12 SHA-256, 20 its length.
        bytes memory cid = bytes(Strings.toHexString(abi.encodePacked(hex"01551220", card)));
        return string.concat("ipfs://f", string(Bytes.slice(cid, bytes("0x").length)));
    }

    function supportsInterface(bytes4 interfaceId) public view override(ERC721, ERC2981, IERC165) returns (bool) {
        return ERC721.supportsInterface(interfaceId) || ERC2981.supportsInterface(interfaceId);
    }

    function _appendVersion(uint256 modelId, bytes32 card, bytes32 weights) private returns (uint32 version) {
        if (card == 0 || weights == 0) revert EmptyDigest();
        Version[] storage versions = _models[modelId].versions;
        versions.push(Version(card, weights, uint40(block.timestamp)));
        version = uint32(versions.length);
        emit VersionPublished(modelId, version, card, weights);
    }

    function _activate(uint256 modelId, uint32 version) private {
        _models[modelId].active = _requireVersion(modelId, version);
        emit VersionActivated(modelId, version);
    }

    function _setOwnerShare(uint256 modelId, uint32 sharePpm) private {
        if (sharePpm > MAX_SHARE_PPM) revert ShareTooHigh(sharePpm, MAX_SHARE_PPM);
        _models[modelId].ownerSharePpm = sharePpm;
    }

    function _setResaleRoyalty(uint256 modelId, address receiver, uint96 feeBps) private {
        if (feeBps > MAX_RESALE_FEE_BPS) revert ResaleFeeTooHigh(feeBps, MAX_RESALE_FEE_BPS);
        _setTokenRoyalty(modelId, receiver, feeBps);
        emit ResaleRoyaltyChanged(modelId, receiver, feeBps);
    }

    function _requireVersion(uint256 modelId, uint32 version) private view returns (uint32) {
        uint32 versions = uint32(_models[modelId].versions.length);
        if (version == 0 || version > versions) revert UnknownVersion(modelId, version, versions);
        return version;
    }
}
