// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

import {CompactSignature} from "../../src/libraries/CompactSignature.sol";
import {OfferHash} from "../../src/libraries/OfferHash.sol";
import {ReceiptHash} from "../../src/libraries/ReceiptHash.sol";
import {VoucherHash} from "../../src/libraries/VoucherHash.sol";
import {Offer, Receipt} from "../../src/types/Market.sol";
import {MarketTest} from "../base/MarketTest.sol";

/// @title The messages' digests, against plain Solidity and against the vectors of an independent implementation
contract MessagesTest is MarketTest {
    string private vectors;

    function setUp() public override {
        super.setUp();
        vectors = vm.readFile("../specs/vectors/messages.json");
    }

    function test_VoucherVector() public {
        address escrowThere = etchAt(address(escrow));
        bytes32 digest = Vectored(escrowThere)
            .voucherDigest(
                vm.parseJsonAddress(vectors, ".voucher.message.payer"),
                vm.parseJsonBytes32(vectors, ".voucher.message.offerId"),
                uint64(vm.parseJsonUint(vectors, ".voucher.message.lane")),
                uint96(vm.parseJsonUint(vectors, ".voucher.message.maxCumulative")),
                uint40(vm.parseJsonUint(vectors, ".voucher.message.validUntil"))
            );
        vm.assertEq(digest, vm.parseJsonBytes32(vectors, ".voucher.digest"), "digest");
        assertSigned(digest, vm.parseJsonBytes(vectors, ".voucher.signature"));
    }

    function test_ReceiptVector() public {
        Receipt memory receipt = Receipt({
            version: uint8(vm.parseJsonUint(vectors, ".receipt.message.version")),
            offerId: vm.parseJsonBytes32(vectors, ".receipt.message.offerId"),
            payer: vm.parseJsonAddress(vectors, ".receipt.message.payer"),
            lane: uint64(vm.parseJsonUint(vectors, ".receipt.message.lane")),
            voucherCumulative: uint96(vm.parseJsonUint(vectors, ".receipt.message.voucherCumulative")),
            weightsDigest: vm.parseJsonBytes32(vectors, ".receipt.message.weightsDigest"),
            requestDigest: vm.parseJsonBytes32(vectors, ".receipt.message.requestDigest"),
            responseDigest: vm.parseJsonBytes32(vectors, ".receipt.message.responseDigest"),
            units: uint64(vm.parseJsonUint(vectors, ".receipt.message.units")),
            charge: uint96(vm.parseJsonUint(vectors, ".receipt.message.charge")),
            chargedCumulative: uint96(vm.parseJsonUint(vectors, ".receipt.message.chargedCumulative")),
            requestedAt: uint40(vm.parseJsonUint(vectors, ".receipt.message.requestedAt")),
            answeredAt: uint40(vm.parseJsonUint(vectors, ".receipt.message.answeredAt"))
        });
        bytes32 digest = Vectored(etchAt(address(registry))).receiptDigest(receipt);
        vm.assertEq(digest, vm.parseJsonBytes32(vectors, ".receipt.digest"), "digest");
        assertSigned(digest, vm.parseJsonBytes(vectors, ".receipt.signature"));
    }

    function testFuzz_VoucherDigest(
        bytes32 domain,
        address account,
        bytes32 id,
        uint64 lane,
        uint96 maxCumulative,
        uint40 validUntil
    ) public pure {
        (bytes32 channel, bytes32 digest) = VoucherHash.digest(domain, account, id, lane, maxCumulative, validUntil);
        bytes32 typehash =
            keccak256("Voucher(address payer,bytes32 offerId,uint64 lane,uint96 maxCumulative,uint40 validUntil)");
        bytes32 message = keccak256(abi.encode(typehash, account, id, lane, maxCumulative, validUntil));
        vm.assertEq(digest, keccak256(bytes.concat(hex"1901", domain, message)), "digest");
        vm.assertEq(channel, keccak256(abi.encode(account, id, lane)), "channel");
        vm.assertEq(channel, VoucherHash.channelOf(account, id, lane), "channel alone");
    }

    function testFuzz_ReceiptHash(Receipt calldata receipt) public pure {
        bytes memory encoded = abi.encode(receipt);
        vm.assertEq(ReceiptHash.hash(receipt), keccak256(bytes.concat(ReceiptHash.TYPEHASH, encoded)), "hash");
    }

    /// @dev Fuzzed enumerations would be out of range, so they are folded.
    function testFuzz_OfferHash(address target, bytes32[16] memory words) public view {
        words[4] = bytes32(uint256(words[4]) % 4);
        words[7] = bytes32(uint256(words[7]) % 2);
        uint8[16] memory widths = [160, 160, 255, 32, 8, 96, 32, 8, 160, 255, 160, 160, 96, 96, 255, 255];
        for (uint256 i; i < 16; ++i) {
            words[i] = bytes32(uint256(words[i]) % (1 << widths[i]));
        }
        Offer memory offer = abi.decode(abi.encode(words), (Offer));
        bytes32 expected = keccak256(bytes.concat(abi.encode(block.chainid, target), abi.encode(offer)));
        vm.assertEq(this.offerIdAt(target, offer), expected, "id");
    }

    function offerIdAt(address target, Offer calldata offer) external view returns (bytes32) {
        return OfferHash.id(target, offer);
    }

    function testFuzz_RecoversAsOpenZeppelinDoes(uint256 pk, bytes32 digest, bytes32 r, bytes32 vs) public view {
        (address expected,,) = ECDSA.tryRecover(digest, r, vs);
        vm.assertEq(CompactSignature.recover(digest, r, vs), expected, "garbage");
        pk = (pk >> 1) + 1;
        (r, vs) = vm.signCompact(pk, digest);
        vm.assertEq(CompactSignature.recover(digest, r, vs), vm.addr(pk), "signed");
        (expected,,) = ECDSA.tryRecover(digest, r, vs ^ bytes32(uint256(1) << 255));
        vm.assertEq(CompactSignature.recover(digest, r, vs ^ bytes32(uint256(1) << 255)), expected, "other parity");
    }

    /// @dev Half the order is the greatest s; both edges, where fuzzing never comes.
    function testFuzz_DrawsTheLineAtHalfTheOrder(bytes32 digest, bytes32 r, bool parity) public view {
        uint256 half = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;
        for (uint256 s = half - 1; s <= half + 2; ++s) {
            bytes32 vs = bytes32(s | uint256(parity ? 1 : 0) << 255);
            (address expected,,) = ECDSA.tryRecover(digest, r, vs);
            vm.assertEq(CompactSignature.recover(digest, r, vs), expected, "edge");
            if (s > half) vm.assertEq(expected, address(0), "high");
        }
    }

    /// @dev Puts a contract where the vectors have their verifying contract, on their chain.
    function etchAt(address code) private returns (address target) {
        vm.chainId(vm.parseJsonUint(vectors, ".domain.chainId"));
        target = vm.parseJsonAddress(vectors, ".domain.verifyingContract");
        vm.etch(target, code.code);
    }

    function assertSigned(bytes32 digest, bytes memory signature) private view {
        (bytes32 r, bytes32 vs) = abi.decode(signature, (bytes32, bytes32));
        address expected = vm.addr(vm.parseJsonUint(vectors, ".privateKey"));
        vm.assertEq(CompactSignature.recover(digest, r, vs), expected, "signature");
    }
}

/// @dev What the vectors are asked of.
interface Vectored {
    function voucherDigest(address, bytes32, uint64, uint96, uint40) external view returns (bytes32);
    function receiptDigest(Receipt calldata) external view returns (bytes32);
}
