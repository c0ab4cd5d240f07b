// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {IERC2981} from "@openzeppelin/contracts/interfaces/IERC2981.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {IERC721Metadata} from "@openzeppelin/contracts/token/ERC721/extensions/IERC721Metadata.sol";

import {IModelRegistry} from "../../src/interfaces/IModelRegistry.sol";
import {MarketTest} from "../base/MarketTest.sol";

contract ModelRegistryTest is MarketTest {
    function testFuzz_Publishes(address owner, bytes32 card, bytes32 weights, uint32 share, uint96 fee) public {
        vm.assume(owner != address(0) && card != 0 && weights != 0);
        share = uint32(bound(share, 0, 1e6));
        fee = uint96(bound(fee, 0, 5_000));
        vm.expectEmit();
        emit IModelRegistry.ModelPublished(2, owner, share);
        vm.assertEq(models.publish(owner, card, weights, share, fee), 2, "id");
        vm.assertEq(models.ownerOf(2), owner, "owner");
        vm.assertEq(models.ownerSharePpm(2), share, "share");
        vm.assertEq(models.activeVersion(2), 1, "active");
        IModelRegistry.Version memory version = models.getVersion(2, 1);
        vm.assertEq(version.card, card, "card");
        vm.assertEq(version.weights, weights, "weights");
        vm.assertEq(version.publishedAt, block.timestamp, "time");
        (address receiver, uint256 royalty) = models.royaltyInfo(2, 10_000);
        vm.assertEq(receiver, owner, "royalty receiver");
        vm.assertEq(royalty, fee, "royalty");
        vm.assertEq(models.modelCount(), 2, "count");
    }

    function test_VersionsAreAppendedAndActivatedForthAndBack() public {
        vm.prank(modelOwner);
        vm.assertEq(models.publishVersion(1, "card 2", "weights 2"), 2, "version");
        vm.assertEq(models.activeVersion(1), 1, "not active yet");
        vm.expectEmit();
        emit IModelRegistry.VersionActivated(1, 2);
        vm.prank(modelOwner);
        models.activate(1, 2);
        vm.assertEq(models.activeVersion(1), 2, "forth");
        vm.prank(modelOwner);
        models.activate(1, 1);
        vm.assertEq(models.activeVersion(1), 1, "back");
        vm.assertEq(models.versionCount(1), 2, "versions");
        vm.assertEq(models.getVersion(1, 2).card, bytes32("card 2"), "unchanged");
    }

    function test_OnlyTheOwnerChangesAModel() public {
        bytes memory refusal = abi.encodeWithSelector(IModelRegistry.NotModelOwner.selector, 1, stranger, modelOwner);
        vm.prank(modelOwner);
        models.setApprovalForAll(stranger, true); // may sell it, not speak for it
        vm.expectRevert(refusal);
        vm.prank(stranger);
        models.publishVersion(1, "card", "weights");
        vm.expectRevert(refusal);
        vm.prank(stranger);
        models.activate(1, 1);
        vm.expectRevert(refusal);
        vm.prank(stranger);
        models.setOwnerShare(1, 0);
        vm.expectRevert(refusal);
        vm.prank(stranger);
        models.setResaleRoyalty(1, stranger, 1);
    }

    function test_RefusesWhatIsOutOfRange() public {
        vm.expectRevert(IModelRegistry.EmptyDigest.selector);
        models.publish(modelOwner, 0, "weights", 0, 0);
        vm.expectRevert(IModelRegistry.EmptyDigest.selector);
        models.publish(modelOwner, "card", 0, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ShareTooHigh.selector, 1e6 + 1, 1e6));
        models.publish(modelOwner, "card", "weights", 1e6 + 1, 0);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ResaleFeeTooHigh.selector, 5_001, 5_000));
        models.publish(modelOwner, "card", "weights", 0, 5_001);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.UnknownVersion.selector, 1, 2, 1));
        vm.prank(modelOwner);
        models.activate(1, 2);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.UnknownVersion.selector, 1, 0, 1));
        models.getVersion(1, 0);
        vm.expectRevert();
        models.ownerSharePpm(9);
        vm.assertEq(models.modelCount(), 1, "nothing came of it");
    }

    function test_TheOwnerSetsShareAndRoyalty() public {
        vm.expectEmit();
        emit IModelRegistry.OwnerShareChanged(1, 7);
        vm.prank(modelOwner);
        models.setOwnerShare(1, 7);
        vm.assertEq(models.ownerSharePpm(1), 7, "share");
        vm.expectEmit();
        emit IModelRegistry.ResaleRoyaltyChanged(1, stranger, 250);
        vm.prank(modelOwner);
        models.setResaleRoyalty(1, stranger, 250);
        (address receiver, uint256 royalty) = models.royaltyInfo(1, 10_000);
        vm.assertEq(receiver, stranger, "receiver");
        vm.assertEq(royalty, 250, "royalty");
    }

    /// @dev The CID was made with multiformats' own rules: CIDv1, raw, SHA-256, base16.
    function test_TheTokenUriIsTheActiveCardsCid() public {
        bytes32 empty = sha256("");
        vm.prank(modelOwner);
        models.publishVersion(1, empty, "weights");
        vm.prank(modelOwner);
        models.activate(1, 2);
        vm.assertEq(
            IERC721Metadata(address(models)).tokenURI(1),
            "ipfs://f01551220e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "uri"
        );
    }

    function test_SaysWhatItIs() public view {
        vm.assertTrue(models.supportsInterface(type(IERC721).interfaceId), "ERC-721");
        vm.assertTrue(models.supportsInterface(type(IERC721Metadata).interfaceId), "metadata");
        vm.assertTrue(models.supportsInterface(type(IERC2981).interfaceId), "ERC-2981");
        vm.assertTrue(models.supportsInterface(type(IERC165).interfaceId), "ERC-165");
    }
}
