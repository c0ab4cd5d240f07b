// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

import {EscrowLocks} from "./EscrowLocks.sol";
import {VoucherHash} from "../../libraries/VoucherHash.sol";

/// @title Settlement: vouchers into revenue
/// @dev The path whose gas decides what a small payment may be. It calls no other contract.
abstract contract EscrowSettlement is EscrowLocks {
    bytes32 private constant SETTLEMENT_TYPEHASH = keccak256("Settlement(address provider,bytes32 batch)");

    function setSettler(address settler, bool allowed) external {
        _settlers[msg.sender][settler] = allowed;
        emit SettlerChanged(msg.sender, settler, allowed);
    }

    function isSettler(address provider, address settler) public view returns (bool) {
        return settler == provider || _settlers[provider][settler];
    }

    function settle(address provider, OfferClaims[] calldata batch) external {
        if (!isSettler(provider, msg.sender)) revert NotSettler(provider, msg.sender);
        _settle(provider, batch);
    }

    function settleFor(address provider, OfferClaims[] calldata batch, address settler, bytes calldata signature)
        external
    {
        if (!isSettler(provider, settler)) revert NotSettler(provider, settler);
        bytes32 digest = settlementDigest(provider, batch);
        if (!SignatureChecker.isValidSignatureNowCalldata(settler, digest, signature)) {
            revert WrongSettlementSignature(settler);
        }
        _settle(provider, batch);
    }

    function settlementDigest(address provider, OfferClaims[] calldata batch) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(SETTLEMENT_TYPEHASH, provider, keccak256(abi.encode(batch)))));
    }

    function voucherDigest(address payer, bytes32 offerId, uint64 lane, uint96 maxCumulative, uint40 validUntil)
        external
        view
        returns (bytes32)
    {
        return VoucherHash.digest(_domainSeparatorV4(), payer, offerId, lane, maxCumulative, validUntil);
    }

    function _settle(address provider, OfferClaims[] calldata batch) private {
        bytes32 domain = _domainSeparatorV4();
        mapping(bytes32 => Revenue) storage revenues = _revenues[provider];
        for (uint256 i; i < batch.length; ++i) {
            OfferClaims calldata group = batch[i];
            Revenue storage revenue = revenues[group.offerId];
            bool known = revenue.sink != address(0);
            uint256 earned;
            for (uint256 j; j < group.claims.length; ++j) {
                if (known) earned += _claim(domain, group.offerId, group.claims[j]);
                else _refuse(group.offerId, group.claims[j], Refusal.UnknownOffer);
            }
            // What is earned was part of `_totalOwed` before, so it fits.
            if (earned != 0) revenue.amount += uint96(earned);
        }
    }

    /// @return paid Wei that left the payer for the offer's revenue.
    function _claim(bytes32 domain, bytes32 offerId, Claim calldata claim) private returns (uint256 paid) {
        if (block.timestamp > claim.validUntil) return _refuse(offerId, claim, Refusal.Expired);
        if (claim.cumulative > claim.maxCumulative) return _refuse(offerId, claim, Refusal.OverVoucher);

        bytes32 channel = VoucherHash.channelOf(claim.payer, offerId, claim.lane);
        Lane memory lane = _lanes[channel];
        if (claim.cumulative <= lane.settled) return 0;
        if (!_signedByKey(domain, offerId, claim)) return _refuse(offerId, claim, Refusal.WrongSigner);

        uint256 due = claim.cumulative - lane.settled;
        if (lane.lockedUntil != 0) {
            if (_ended(lane.lockedUntil)) {
                _release(claim.payer, offerId, claim.lane, channel);
                lane.lockedUntil = 0;
            } else {
                uint256 locked = _locked[channel];
                paid = due < locked ? due : locked;
                _locked[channel] = locked - paid;
                if (paid == locked) lane.lockedUntil = 0;
                due -= paid;
            }
        }
        if (due != 0) {
            uint256 free = _purses[claim.payer].free;
            uint256 drawn = due < free ? due : free;
            _purses[claim.payer].free = uint96(free - drawn);
            paid += drawn;
        }
        if (paid == 0) return _refuse(offerId, claim, Refusal.NoFunds);

        lane.settled += uint96(paid);
        if (claim.maxCumulative > lane.ceiling) lane.ceiling = claim.maxCumulative;
        _lanes[channel] = lane;
        emit Settled(offerId, claim.payer, claim.lane, paid, lane.settled, claim.calls);
    }

    /// @dev EIP-2098 signature, low s, by a key that is registered or whose removal has not taken effect.
    function _signedByKey(bytes32 domain, bytes32 offerId, Claim calldata claim) private view returns (bool) {
        address payer = claim.payer;
        bytes32 digest = VoucherHash.digest(domain, payer, offerId, claim.lane, claim.maxCumulative, claim.validUntil);
        (address signer,,) = ECDSA.tryRecover(digest, claim.r, claim.vs);
        if (signer == address(0)) return false;
        return signer == _purses[payer].key || block.timestamp <= _keyUntil[payer][signer];
    }

    function _refuse(bytes32 offerId, Claim calldata claim, Refusal reason) private returns (uint256) {
        emit ClaimRefused(offerId, claim.payer, claim.lane, reason);
        return 0;
    }
}
