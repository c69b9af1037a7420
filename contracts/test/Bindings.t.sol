// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TitleBonds} from "../src/TitleBonds.sol";
import {VerifierRegistry} from "../src/VerifierRegistry.sol";
import {ERC3009DepositCollector} from "../src/channels/ERC3009DepositCollector.sol";
import {BATCH_SETTLEMENT, ERC3009_DEPOSIT_COLLECTOR} from "../src/interfaces/IBatchSettlement.sol";
import {LicenseFixture} from "../testing/LicenseFixture.sol";

// What the deployer names once
// ├── when anyone else names it     reverts
// ├── when the deployer does        it is named
// └── when it is named again        reverts, whoever tries
// The collector of deposits
// ├── when the channel contract asks   brings what the payer signed for
// └── when anyone else asks            reverts
contract BindingsTest is LicenseFixture {
    TitleBonds private titles;
    VerifierRegistry private verifiers;

    function setUp() public {
        deployLicenses(address(1));
        titles = new TitleBonds(parameters, models, termsRegistry, licenses);
        verifiers = new VerifierRegistry(parameters, beacon);
    }

    function testFuzz_bindCourt(address caller, address court, address other) public {
        vm.assume(caller != address(this) && court != address(0));
        address[3] memory targets = [address(titles), address(verifiers), address(licenses)];
        for (uint256 i = 0; i < 3; ++i) {
            refused(targets[i], caller, abi.encodeCall(titles.bindCourt, (court)));
            TitleBonds(targets[i]).bindCourt(court);
            eq(TitleBonds(targets[i]).court(), court);
            refused(targets[i], address(this), abi.encodeCall(titles.bindCourt, (other)));
            eq(TitleBonds(targets[i]).court(), court);
        }
    }

    /// @dev By their own types, since one selector serves all three above.
    function testFuzz_bindCourt_OfEach(address court) public {
        vm.assume(court != address(0));
        verifiers.bindCourt(court);
        licenses.bindCourt(court);
        eq(verifiers.court(), licenses.court());
    }

    function testFuzz_bindLeakCourt(address caller, address court, address other) public {
        vm.assume(caller != address(this) && court != address(0));
        refused(address(licenses), caller, abi.encodeCall(licenses.bindLeakCourt, (court)));
        licenses.bindLeakCourt(court);
        refused(address(licenses), address(this), abi.encodeCall(licenses.bindLeakCourt, (other)));
        eq(licenses.leakCourt(), court);
    }

    function testFuzz_collect(address caller, uint256 amount, bytes32 channelId, uint256 salt) public {
        vm.assume(caller != BATCH_SETTLEMENT);
        amount = bound(amount, 0, 1_000 * DOLLAR);
        uint256 validBefore = block.timestamp + 1;
        bytes32 nonce = keccak256(abi.encode(channelId, salt));
        bytes memory signature = signReceive(BUYER_KEY, ERC3009_DEPOSIT_COLLECTOR, amount, 0, validBefore, nonce);
        ERC3009DepositCollector at_ = ERC3009DepositCollector(ERC3009_DEPOSIT_COLLECTOR);
        bytes memory data = abi.encode(uint256(0), validBefore, salt, signature);
        bytes memory call = abi.encodeCall(at_.collect, (BUYER, address(token), amount, channelId, data));
        refused(ERC3009_DEPOSIT_COLLECTOR, caller, call);
        uint256 before = token.balanceOf(BUYER);
        vm.prank(BATCH_SETTLEMENT);
        at_.collect(BUYER, address(token), amount, channelId, data);
        eq(token.balanceOf(BATCH_SETTLEMENT), amount);
        eq(token.balanceOf(BUYER), before - amount);
        refused(ERC3009_DEPOSIT_COLLECTOR, BATCH_SETTLEMENT, call); // the nonce is used
    }

    function refused(address target, address caller, bytes memory call) private {
        vm.prank(caller);
        (bool ok, ) = target.call(call);
        require(!ok, "not refused");
    }
}
