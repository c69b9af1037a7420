// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {LicenseTest} from "../testing/LicenseFixture.sol";
import {ILicenseRegistry, LicenseState} from "../src/interfaces/ILicenseRegistry.sol";
import {TermsKind} from "../src/interfaces/ITermsRegistry.sol";
import {AccountBoundToken, IERC5192} from "../src/licenses/AccountBoundToken.sol";

// ownerOf, getApproved, locked                 revert for a license that is not there
// balanceOf                                    licenses ever given, not of nobody
// transfers and approvals                      all refused
// deriveTermsOf                                of an ACTIVE DERIVE license of this account on this model alone
contract LicenseTokenTest is LicenseTest {
    uint256 private licenseId;

    function setUp() public override {
        super.setUp();
        licenseId = accept(HOST, modelId);
    }

    function test_ALicenseIsATokenOfItsAccount() public view {
        eq(licenses.ownerOf(licenseId), HOST);
        eq(licenses.balanceOf(HOST), 1);
        eq(licenses.balanceOf(OUTSIDER), 0);
        require(licenses.locked(licenseId), "not locked");
        eq(licenses.getApproved(licenseId), address(0));
        require(!licenses.isApprovedForAll(HOST, OUTSIDER), "approved");
        eq(keccak256(bytes(licenses.name())), keccak256("OML License"));
        eq(keccak256(bytes(licenses.symbol())), keccak256("OMLL"));
    }

    function test_InterfacesAreAnnounced() public view {
        bytes4[3] memory ids = [type(IERC165).interfaceId, type(IERC721).interfaceId, type(IERC5192).interfaceId];
        for (uint256 i = 0; i < ids.length; ++i) require(licenses.supportsInterface(ids[i]), "not announced");
        require(!licenses.supportsInterface(0xffffffff) && !licenses.supportsInterface(0x780e9d63), "announced");
    }

    function test_RevertWhen_ThereIsNoLicense() public {
        bytes memory reason = abi.encodeWithSelector(AccountBoundToken.ERC721NonexistentToken.selector, 99);
        vm.expectRevert(reason);
        licenses.ownerOf(99);
        vm.expectRevert(reason);
        licenses.getApproved(99);
        vm.expectRevert(reason);
        licenses.locked(99);
        vm.expectRevert(abi.encodeWithSelector(AccountBoundToken.ERC721InvalidOwner.selector, address(0)));
        licenses.balanceOf(address(0));
    }

    function test_RevertWhen_ALicenseIsMoved() public {
        bytes memory reason = abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_AccountBound.selector, licenseId);
        vm.startPrank(HOST);
        vm.expectRevert(reason);
        licenses.transferFrom(HOST, OUTSIDER, licenseId);
        vm.expectRevert(reason);
        licenses.safeTransferFrom(HOST, OUTSIDER, licenseId);
        vm.expectRevert(reason);
        licenses.safeTransferFrom(HOST, OUTSIDER, licenseId, "data");
        vm.expectRevert(reason);
        licenses.approve(OUTSIDER, licenseId);
        vm.expectRevert(abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_AccountBound.selector, 0));
        licenses.setApprovalForAll(OUTSIDER, true);
        vm.stopPrank();
    }

    // deriveTermsOf

    function test_OnlyAnActiveDeriveLicenseOfThatAccountCounts() public {
        uint32 termsId = offer(OWNER, modelId, deriveTerms(500, true));
        uint256 derive = acceptKind(HOST, modelId, TermsKind.DERIVE);
        eq(licenses.deriveTermsOf(derive, HOST, modelId), 0);
        serve(OWNER, derive);
        serve(OWNER, licenseId);
        eq(licenses.deriveTermsOf(derive, HOST, modelId), termsId);
        eq(licenses.deriveTermsOf(derive, OUTSIDER, modelId), 0);
        eq(licenses.deriveTermsOf(derive, HOST, modelId + 1), 0);
        eq(licenses.deriveTermsOf(licenseId, HOST, modelId), 0); // SERVE
        vm.prank(LEAK_COURT);
        licenses.bar(derive);
        eq(licenses.deriveTermsOf(derive, HOST, modelId), 0);
    }

    function test_PartiesAreTheHotPart() public view {
        (address account, uint256 model, uint32 termsId, uint8 kind, LicenseState state) = licenses.partiesOf(
            licenseId
        );
        eq(account, HOST);
        eq(model, modelId);
        eq(termsId, 1);
        eq(kind, TermsKind.SERVE);
        eq(state, LicenseState.BONDED);
        (account, , , , state) = licenses.partiesOf(99);
        eq(account, address(0));
        eq(state, LicenseState.NONE);
    }

    function testFuzz_TransfersAreRefused(address from, address to, uint256 id, bytes calldata data) public {
        bytes memory reason = abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_AccountBound.selector, id);
        vm.startPrank(from);
        vm.expectRevert(reason);
        licenses.transferFrom(from, to, id);
        vm.expectRevert(reason);
        licenses.safeTransferFrom(from, to, id, data);
        vm.expectRevert(reason);
        licenses.approve(to, id);
        vm.stopPrank();
    }
}
