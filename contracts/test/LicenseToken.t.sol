// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {IERC721Metadata} from "@openzeppelin/contracts/token/ERC721/extensions/IERC721Metadata.sol";
import {Base64} from "@openzeppelin/contracts/utils/Base64.sol";
import {LicenseTest} from "../testing/LicenseFixture.sol";
import {ILicenseRegistry, LicenseState} from "../src/interfaces/ILicenseRegistry.sol";
import {TermsKind} from "../src/interfaces/ITermsRegistry.sol";
import {AccountBoundToken, IERC5192} from "../src/licenses/AccountBoundToken.sol";

// ownerOf, getApproved, locked, tokenURI       revert for a license that is not there
// balanceOf                                    licenses ever given, not of nobody
// transfers and approvals                      all refused
// tokenURI                                     name, kind and state of the moment
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
        bytes4[4] memory ids = [
            type(IERC165).interfaceId,
            type(IERC721).interfaceId,
            type(IERC721Metadata).interfaceId,
            type(IERC5192).interfaceId
        ];
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
        vm.expectRevert(reason);
        licenses.tokenURI(99);
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

    function uriOf(
        string memory kind,
        string memory state,
        string memory id,
        string memory terms_
    ) private pure returns (bytes32) {
        string memory json = string.concat(
            '{"name":"OML license ',
            id,
            '","description":"',
            kind,
            ' license of OML model 1","attributes":[',
            '{"trait_type":"state","value":"',
            state,
            '"},{"trait_type":"kind","value":"',
            kind,
            '"},{"trait_type":"model","value":1},{"trait_type":"terms","value":',
            terms_,
            "}]}"
        );
        return keccak256(bytes(string.concat("data:application/json;base64,", Base64.encode(bytes(json)))));
    }

    function test_TheMetadataFollowsTheState() public {
        eq(keccak256(bytes(licenses.tokenURI(licenseId))), uriOf("SERVE", "BONDED", "1", "1"));
        serve(OWNER, licenseId);
        eq(keccak256(bytes(licenses.tokenURI(licenseId))), uriOf("SERVE", "ACTIVE", "1", "1"));
        vm.prank(HOST);
        licenses.close(licenseId);
        eq(keccak256(bytes(licenses.tokenURI(licenseId))), uriOf("SERVE", "CLOSING", "1", "1"));
        offer(OWNER, modelId, privateTerms());
        eq(
            keccak256(bytes(licenses.tokenURI(acceptKind(HOST, modelId, TermsKind.PRIVATE)))),
            uriOf("PRIVATE", "BONDED", "2", "2")
        );
        offer(OWNER, modelId, deriveTerms(1, true));
        eq(
            keccak256(bytes(licenses.tokenURI(acceptKind(HOST, modelId, TermsKind.DERIVE)))),
            uriOf("DERIVE", "BONDED", "3", "3")
        );
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
