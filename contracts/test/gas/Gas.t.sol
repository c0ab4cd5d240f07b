// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../src/interfaces/IEscrow.sol";
import {IOfferPayments} from "../../src/interfaces/IOfferPayments.sol";
import {Offer} from "../../src/types/Market.sol";
import {DirectPayer} from "../base/DirectPayer.sol";
import {MarketTest} from "../base/MarketTest.sol";

/// @title What the common transactions cost
/// @notice Gas of whole transactions, 21,000 and calldata included, per claim where there are many. The goals are the product's; the
/// figures go to snapshots/Market.json.
/// @dev Isolated: forge makes a transaction of every call, so that storage is cold as on a chain.
/// forge-config: default.isolate = true
contract GasTest is MarketTest, DirectPayer {
    uint256 private constant BUYERS = 50;
    /// @dev Amounts and lanes as they are in use, not round: their bytes are paid for.
    uint64 private constant LANE = 0x1234567800000001;
    uint96 private constant FIRST = 123_456;
    uint96 private constant SECOND = 345_678;

    bytes32[] private offers;

    function setUp() public override {
        super.setUp();
        Offer memory offer = defaultOffer();
        for (uint256 i; i < BUYERS; ++i) {
            offer.salt = keccak256(abi.encode(i));
            offers.push(createOffer(offer));
            depositAs(vm.addr(payerPk(i)), vm.addr(keyPk(i)), DEPOSIT);
        }
    }

    /// @dev A payer nobody has heard of deposits all it has, and registers a key, by one authorization that a relayer sends.
    function test_Onboard() public {
        address account = vm.addr(payerPk(BUYERS));
        usd.mint(account, DEPOSIT);
        bytes32 nonce = escrow.authorizationNonce(account, vm.addr(keyPk(BUYERS)), bytes32("salt"));
        bytes32 typehash = keccak256(
            "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
        );
        uint256 end = block.timestamp + 1 hours;
        bytes32 message = keccak256(abi.encode(typehash, account, address(escrow), DEPOSIT, 0, end, nonce));
        bytes32 digest = keccak256(bytes.concat(hex"1901", usd.DOMAIN_SEPARATOR(), message));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(payerPk(BUYERS), digest);
        bytes memory signature = abi.encodePacked(r, s, v);
        escrow.depositWithAuthorization(account, vm.addr(keyPk(BUYERS)), DEPOSIT, 0, end, bytes32("salt"), signature);
        assertGas("onboard", gasUsed(), 1, 100_000);
    }

    function test_SingleClaim() public {
        settle(claimOf(payer, KEY_PK, offerId, LANE, FIRST, FIRST));
        assertGas("settle first", gasUsed(), 1, 75_000);
        settle(claimOf(payer, KEY_PK, offerId, LANE, SECOND, SECOND));
        assertGas("settle repeat", gasUsed(), 1, 50_000);
    }

    function test_BatchUnderOneOffer() public {
        settleOneOffer(FIRST);
        assertGas("batch of 50, one offer, repeat, per claim", settleOneOffer(SECOND), BUYERS, 21_000);
    }

    function test_BatchUnderDistinctOffers() public {
        assertGas("batch of 50, distinct offers, first, per claim", settleDistinctOffers(FIRST), BUYERS, 46_000);
        assertGas("batch of 50, distinct offers, repeat, per claim", settleDistinctOffers(SECOND), BUYERS, 30_000);
    }

    /// @dev Payers who keep money, an offer that was paid before.
    function test_DirectPayments() public {
        settleDirectly(1, 1);
        assertGas("direct payment, alone", settleDirectly(1, 2), 1, 115_000);
        assertGas("direct payments, batch of 50, per payment", settleDirectly(BUYERS, 3), BUYERS, 50_000);
    }

    /// @dev EIP-170.
    function test_ContractsFit() public {
        address[5] memory contracts =
            [address(models), address(registry), address(escrow), address(sink), address(payments)];
        string[5] memory names = ["ModelRegistry", "ProviderRegistry", "Escrow", "RevenueSink", "OfferPayments"];
        for (uint256 i; i < contracts.length; ++i) {
            vm.assertLe(contracts[i].code.length, 24_576, names[i]);
            vm.snapshotValue("Size", names[i], contracts[i].code.length);
        }
    }

    function settleOneOffer(uint96 cumulative) private returns (uint256 gas) {
        IEscrow.OfferClaims[] memory batch = new IEscrow.OfferClaims[](1);
        batch[0].offerId = offerId;
        batch[0].claims = new IEscrow.Claim[](BUYERS);
        for (uint256 i; i < BUYERS; ++i) {
            batch[0].claims[i] = claimOf(vm.addr(payerPk(i)), keyPk(i), offerId, LANE, cumulative, cumulative);
        }
        vm.prank(settler);
        escrow.settle(provider, batch);
        gas = gasUsed();
        vm.assertEq(revenue(offerId), cumulative * BUYERS, "all were paid");
    }

    function settleDistinctOffers(uint96 cumulative) private returns (uint256 gas) {
        IEscrow.OfferClaims[] memory batch = new IEscrow.OfferClaims[](BUYERS);
        for (uint256 i; i < BUYERS; ++i) {
            batch[i].offerId = offers[i];
            batch[i].claims = new IEscrow.Claim[](1);
            batch[i].claims[0] = claimOf(vm.addr(payerPk(i)), keyPk(i), offers[i], LANE, cumulative, cumulative);
        }
        if (cumulative == FIRST) {
            // An offer that sold before; what is first is the buyer's claim.
            for (uint256 i; i < BUYERS; ++i) {
                settle(offers[i], claimOf(payer, KEY_PK, offers[i], 1, 1, 1));
            }
        }
        vm.prank(settler);
        escrow.settle(provider, batch);
        gas = gasUsed();
        for (uint256 i; i < BUYERS; ++i) {
            vm.assertEq(revenue(offers[i]), cumulative + 1, "all were paid");
        }
    }

    function settleDirectly(uint256 count, uint256 salt) private returns (uint256 gas) {
        IOfferPayments.OfferAuthorizations[] memory batch = paymentsOf(offerId, count);
        address account = payments.accountOf(offerId);
        uint256 earned = revenue(offerId);
        for (uint256 i; i < count; ++i) {
            usd.mint(vm.addr(payerPk(i)), DEPOSIT);
            bytes32 nonce = keccak256(abi.encode(salt, i));
            batch[0].authorizations[i] = authorizationOf(usd, payerPk(i), account, FIRST, nonce);
        }
        payments.settle(batch);
        gas = gasUsed();
        vm.assertEq(revenue(offerId) - earned, FIRST * count, "all were paid");
    }

    /// @dev Of the last call.
    function gasUsed() private view returns (uint256) {
        return vm.lastCallGas().gasTotalUsed;
    }

    /// @dev Writes down what a claim cost, and holds it to the goal.
    function assertGas(string memory name, uint256 gas, uint256 claims, uint256 goal) private {
        vm.snapshotValue("Market", name, gas / claims);
        vm.assertGe(gas, 21_000, "a whole transaction");
        vm.assertLe(gas / claims, goal, name);
    }

    function payerPk(uint256 i) private pure returns (uint256) {
        return uint256(keccak256(abi.encode("gas payer", i)));
    }

    function keyPk(uint256 i) private pure returns (uint256) {
        return uint256(keccak256(abi.encode("gas key", i)));
    }
}
