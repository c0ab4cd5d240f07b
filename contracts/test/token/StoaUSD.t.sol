// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {StoaUSD} from "../../src/token/StoaUSD.sol";
import {MarketTest} from "../base/MarketTest.sol";

contract StoaUSDTest is MarketTest {
    function test_LooksLikeADollar() public view {
        vm.assertEq(usd.symbol(), "tUSD", "symbol");
        vm.assertEq(usd.decimals(), 6, "decimals");
        vm.assertEq(usd.version(), "1", "version");
    }

    function test_OnlyTheMinterMints() public {
        vm.expectRevert(abi.encodeWithSelector(StoaUSD.NotMinter.selector, stranger, address(this)));
        vm.prank(stranger);
        usd.mint(stranger, 1);
    }

    function test_TheDomainIsItsOwn() public view {
        bytes32 expected = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Stoa Test Dollar"),
                keccak256("1"),
                block.chainid,
                address(usd)
            )
        );
        vm.assertEq(usd.DOMAIN_SEPARATOR(), expected, "domain");
    }
}
