// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

import {EscrowLocks} from "./EscrowLocks.sol";
import {CompactSignature} from "../../libraries/CompactSignature.sol";
import {VoucherHash} from "../../libraries/VoucherHash.sol";

/// @title Settlement: vouchers into revenue
/// @dev The path whose gas decides what a small payment may be. It calls no other contract.
abstract contract EscrowSettlement is EscrowLocks {
    bytes32 private constant SETTLEMENT_TYPEHASH = keccak256("Settlement(address provider,bytes32 batch)");

    function setSettler(address settler, bytes32[] calldata offerIds) external {
        if (settler == address(0)) settler = msg.sender;
        _nextSettlers[msg.sender] = settler;
        emit SettlerChanged(msg.sender, settler);
        for (uint256 i; i < offerIds.length; ++i) {
            Revenue storage revenue = _revenues[msg.sender][offerIds[i]];
            if (revenue.settler == address(0)) revert UnknownOffer(offerIds[i]);
            revenue.settler = settler;
            emit OfferSettlerChanged(offerIds[i], settler);
        }
    }

    function settlerOf(bytes32 offerId) external view returns (address) {
        return _revenues[_parties[offerId].provider][offerId].settler;
    }

    function nextSettlerOf(address provider) public view returns (address settler) {
        settler = _nextSettlers[provider];
        if (settler == address(0)) settler = provider;
    }

    function settle(address provider, OfferClaims[] calldata batch) external {
        _settle(provider, batch, msg.sender);
    }

    function settleFor(address provider, OfferClaims[] calldata batch, address settler, bytes calldata signature)
        external
    {
        bytes32 digest = settlementDigest(provider, batch);
        if (!SignatureChecker.isValidSignatureNowCalldata(settler, digest, signature)) {
            revert WrongSettlementSignature(settler);
        }
        _settle(provider, batch, settler);
    }

    function settlementDigest(address provider, OfferClaims[] calldata batch) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(SETTLEMENT_TYPEHASH, provider, keccak256(abi.encode(batch)))));
    }

    function voucherDigest(address payer, bytes32 offerId, uint64 lane, uint96 maxCumulative, uint40 validUntil)
        external
        view
        returns (bytes32 digest)
    {
        (, digest) = VoucherHash.digest(_domainSeparatorV4(), payer, offerId, lane, maxCumulative, validUntil);
    }

    /// @dev Unchecked: what is earned was part of `_totalOwed`, so neither the sum nor the offer's revenue passes 96 bits.
    function _settle(address provider, OfferClaims[] calldata batch, address settler) private {
        bytes32 domain = _domainSeparatorV4();
        mapping(bytes32 => Revenue) storage revenues = _revenues[provider];
        unchecked {
            for (uint256 i; i < batch.length; ++i) {
                bytes32 offerId = batch[i].offerId;
                Claim[] calldata claims = batch[i].claims;
                Revenue storage revenue = revenues[offerId];
                uint256 word = _load(revenue);
                if (word != 0 && settler != address(uint160(word)) && settler != provider) {
                    revert NotSettler(provider, settler);
                }
                uint256 earned;
                for (uint256 j; j < claims.length; ++j) {
                    if (word != 0) earned += _claim(domain, offerId, claims[j]);
                    else _refuse(offerId, claims[j], Refusal.UnknownOffer);
                }
                if (earned != 0) _store(revenue, word + (earned << 160));
            }
        }
    }

    /// @dev Unchecked: subtractions follow comparisons, and amounts are parts of `_totalOwed`.
    /// @return paid Wei that left the payer for the offer's revenue.
    function _claim(bytes32 domain, bytes32 offerId, Claim calldata claim) private returns (uint256 paid) {
        address payer = claim.payer;
        uint256 maxCumulative = claim.maxCumulative;
        uint256 cumulative = claim.cumulative;
        if (block.timestamp > claim.validUntil) return _refuse(offerId, claim, Refusal.Expired);
        if (cumulative > maxCumulative) return _refuse(offerId, claim, Refusal.OverVoucher);

        (bytes32 channel, bytes32 digest) =
            VoucherHash.digest(domain, payer, offerId, claim.lane, uint96(maxCumulative), claim.validUntil);
        Lane storage lane = _lanes[channel];
        uint256 laneWord = _load(lane);
        uint256 settled = uint96(laneWord);
        if (cumulative <= settled) return 0;

        Purse storage purse = _purses[payer];
        uint256 purseWord = _load(purse);
        address signer = CompactSignature.recover(digest, claim.r, claim.vs);
        if (signer != address(uint160(purseWord)) || signer == address(0)) {
            if (!_isFurtherKey(payer, signer)) return _refuse(offerId, claim, Refusal.WrongSigner);
        }

        unchecked {
            uint256 due = cumulative - settled;
            if (laneWord >> 192 != 0) {
                paid = _drawLocked(offerId, claim, channel, due);
                (laneWord, purseWord) = (_load(lane), _load(purse));
            }
            uint256 free = purseWord >> 160;
            uint256 drawn = due - paid < free ? due - paid : free;
            if (drawn != 0) _store(purse, purseWord - (drawn << 160));
            paid += drawn;
            if (paid == 0) return _refuse(offerId, claim, Refusal.NoFunds);

            settled += paid;
            uint256 ceiling = uint96(laneWord >> 96);
            if (maxCumulative > ceiling) ceiling = maxCumulative;
            _store(lane, laneWord >> 192 << 192 | ceiling << 96 | settled);
        }
        emit Settled(offerId, payer, claim.lane, paid, settled, claim.calls);
    }

    /// @dev Draws on the lane's lock, or returns it to its payer if it has ended. Changes lane and purse in storage.
    function _drawLocked(bytes32 offerId, Claim calldata claim, bytes32 channel, uint256 due)
        private
        returns (uint256 drawn)
    {
        if (_ended(_lanes[channel].lockedUntil)) {
            _release(claim.payer, offerId, claim.lane, channel);
            return 0;
        }
        uint256 locked = _locked[channel];
        drawn = due < locked ? due : locked;
        _locked[channel] = locked - drawn;
        if (drawn == locked) _lanes[channel].lockedUntil = 0;
    }

    /// @dev Whether `signer` is a key beside the purse's, or one whose removal has not taken effect.
    function _isFurtherKey(address payer, address signer) private view returns (bool) {
        return signer != address(0) && block.timestamp <= _keyUntil[payer][signer];
    }

    function _refuse(bytes32 offerId, Claim calldata claim, Refusal reason) private returns (uint256) {
        emit ClaimRefused(offerId, claim.payer, claim.lane, reason);
        return 0;
    }

    // Each of these structs is one slot, its first field in the lowest bits. Solidity reads and writes them field by field; a
    // claim can afford each slot once.

    function _load(Lane storage lane) private view returns (uint256 word) {
        assembly ("memory-safe") {
            word := sload(lane.slot)
        }
    }

    function _load(Purse storage purse) private view returns (uint256 word) {
        assembly ("memory-safe") {
            word := sload(purse.slot)
        }
    }

    function _load(Revenue storage revenue) private view returns (uint256 word) {
        assembly ("memory-safe") {
            word := sload(revenue.slot)
        }
    }

    function _store(Lane storage lane, uint256 word) private {
        assembly ("memory-safe") {
            sstore(lane.slot, word)
        }
    }

    function _store(Purse storage purse, uint256 word) private {
        assembly ("memory-safe") {
            sstore(purse.slot, word)
        }
    }

    function _store(Revenue storage revenue, uint256 word) private {
        assembly ("memory-safe") {
            sstore(revenue.slot, word)
        }
    }
}
