// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDisputeErrors} from "../interfaces/IDisputeErrors.sol";
import {FoldClaim, PartProof} from "../types/Dispute.sol";
import {Cuts} from "./Cuts.sol";
import {PartTree} from "./PartTree.sol";
import {Sha256Tree} from "./Sha256Tree.sol";

/// @title What a seller said of an element's folds, brought again
library FoldClaims {
    function hash(FoldClaim[] memory folds) internal pure returns (bytes32) {
        return keccak256(abi.encode(folds));
    }

    /// @notice Reverts unless `given` are those of which a game keeps the hash.
    function load(FoldClaim[] calldata given, bytes32 expected) internal pure returns (FoldClaim[] memory folds) {
        folds = given;
        bytes32 digest = hash(folds);
        if (digest != expected) revert IDisputeErrors.WrongHash(digest, expected);
    }

    /// @notice A part of one of them, as a run of its own of which nothing was posted yet but the states around it. Reverts unless it was posted.
    function partOf(FoldClaim[] memory folds, PartProof calldata proof) internal pure returns (FoldClaim memory) {
        if (proof.claim >= folds.length) revert IDisputeErrors.NoSuchPart(proof.claim, folds.length);
        FoldClaim memory whole = folds[proof.claim];
        (uint256 size, uint256 parts) = Cuts.partsOf(whole.chunks, folds.length);
        if (proof.part >= parts) revert IDisputeErrors.NoSuchPart(proof.part, parts);
        uint256 depth = Sha256Tree.depthOf(parts);
        if (proof.path.length != depth) revert IDisputeErrors.WrongLength(proof.path.length, depth);
        bytes32 root = PartTree.climb(PartTree.leaf(proof.before, proof.afterwards), proof.part, proof.path);
        if (root != whole.parts) revert IDisputeErrors.WrongHash(root, whole.parts);
        unchecked {
            uint256 skipped = proof.part * size;
            uint256 rest = whole.chunks - skipped;
            return FoldClaim({
                fold: whole.fold,
                first: uint32(whole.first + skipped),
                chunks: uint32(rest < size ? rest : size),
                before: proof.before,
                last: proof.afterwards,
                parts: 0
            });
        }
    }
}
