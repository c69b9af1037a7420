// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {LicenseTest} from "./LicenseFixture.sol";
import {ILicenseRegistry, LicenseState} from "../src/interfaces/ILicenseRegistry.sol";
import {TermsKind} from "../src/interfaces/ITermsRegistry.sol";

/// @notice One license of HOST, just accepted.
abstract contract OneLicenseTest is LicenseTest {
    uint96 internal constant PRICE = uint96(5 * DOLLAR);
    uint32 internal constant PERIOD = 30 days;
    uint256 internal licenseId;

    function setUp() public virtual override {
        super.setUp();
        licenseId = accept(HOST, modelId);
    }

    function wrongState(LicenseState state) internal {
        vm.expectRevert(abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_WrongState.selector, licenseId, state));
    }

    function notAccount(address caller) internal {
        vm.expectRevert(
            abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_NotAccount.selector, licenseId, caller)
        );
    }

    function activate() internal {
        vm.prank(HOST);
        licenses.activate(licenseId);
    }

    function close() internal {
        vm.prank(HOST);
        licenses.close(licenseId);
    }

    function usePrivate() internal {
        offer(OWNER, modelId, privateTerms());
        licenseId = acceptKind(HOST, modelId, TermsKind.PRIVATE);
    }
}
