// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {LicenseTest} from "./LicenseFixture.sol";
import {RevenueVault} from "../src/RevenueVault.sol";
import {Payee} from "../src/interfaces/IModelRegistry.sol";
import {Buckets, IRevenueVault} from "../src/interfaces/IRevenueVault.sol";
import {TermsKind} from "../src/interfaces/ITermsRegistry.sol";

/// @notice The vault of a license on a model, and money in it.
abstract contract VaultTest is LicenseTest {
    address internal constant ANCESTOR_OWNER = address(0xA9C);
    RevenueVault internal vault;
    uint256 internal licenseId;

    function setUp() public virtual override {
        super.setUp();
        licenseId = accept(HOST, modelId);
        vault = vaultOf(licenseId);
    }

    function give(uint256 amount) internal {
        token.mint(address(vault), amount);
    }

    function bucketsAre(uint256 protocolFee, uint256 pool, uint256 lineage, uint256 owner, uint256 host) internal view {
        Buckets memory b = vault.buckets();
        eq(b.protocolFee, protocolFee);
        eq(b.pool, pool);
        eq(b.lineage, lineage);
        eq(b.owner, owner);
        eq(b.host, host);
    }

    function nothingToPay() internal {
        vm.expectRevert(IRevenueVault.RevenueVault_NothingToPay.selector);
    }

    /// @notice A vault of a model with two ancestors: 10 % to a stranger's parent, 5 % to its own parent.
    function descend() internal returns (uint256 parent, uint256 grandparent) {
        grandparent = mintModel(ANCESTOR_OWNER, "grand", 5_000);
        offer(ANCESTOR_OWNER, grandparent, deriveTerms(500, true));
        uint256 grandLicense = acceptDerive(OUTSIDER, grandparent);
        parent = mintChild(OUTSIDER, "parent", one(grandparent, grandLicense));
        offer(OUTSIDER, parent, deriveTerms(1_000, true));
        uint256 parentLicense = acceptDerive(HOST, parent);
        uint256 child = mintChild(HOST, "child", one(parent, parentLicense));
        fund(BUYER, address(licenses));
        vm.startPrank(BUYER);
        licenses.depositBond(BUYER, BOND);
        vm.stopPrank();
        licenseId = accept(BUYER, child);
        vault = vaultOf(licenseId);
    }

    function acceptDerive(address account, uint256 model) internal returns (uint256 id) {
        vm.prank(account);
        licenses.depositBond(account, RESERVED);
        id = acceptKind(account, model, TermsKind.DERIVE);
        serve(models.ownerOf(model), id);
    }

    function split(uint256 count) internal returns (Payee[] memory payees) {
        payees = new Payee[](count);
        uint16 rest = 10_000;
        for (uint256 i = 0; i < count; ++i) {
            uint16 bps = i == count - 1 ? rest : uint16(1_000 + i);
            payees[i] = Payee(address(uint160(0xBEEF00 + i)), bps);
            rest -= bps;
        }
        vm.prank(OWNER);
        models.setPayees(modelId, payees);
    }
}
